import type { OpenIdSettings } from '#/foundation/open-id.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCredentials } from '#/platform/sign-in/password-store.ts'
import {
  answeredBy,
  newPasswordField,
  type Problem,
  problemIn,
  problemOf,
} from '#/platform/page/form-fields.ts'
import { html } from '#/platform/page/html.ts'
import { page, type Answer, type Visit } from '#/platform/page/page.ts'
import { findSessionActor, startSession } from '#/platform/sign-in/session.ts'
import { deadLink } from '#/platform/sign-in/use-link.ts'
import { acceptInvitation } from './invite-member.ts'
import { findInvitationByToken } from './invitation-store.ts'
import type { Invitation } from './invitation.ts'
import { ASK_OPERATOR, joinWithAccount, makesAccount } from './join-with-account.ts'

/** The page that the link of an invitation leads to: for whom has an account, and for whom is to have one. */
const JOIN = '/team-invitations/:token'

const invitationOf = async ({ platform, params }: Visit): Promise<Invitation> => {
  const found = await findInvitationByToken(platform.db, params['token'] ?? '')
  if (!found) throw deadLink()
  return found
}

const words = ({ teamName, role, email, invitedBy }: Invitation) =>
  html`<p>${invitedBy.email} invites ${email} to the team ${teamName} as ${role}.</p>`

const newAccountForm = (
  { openId }: Pick<Platform, 'openId'>,
  invitation: Invitation,
  token: string,
  problem?: Problem,
): Answer => ({
  title: `Join ${invitation.teamName}`,
  ...answeredBy(problem),
  body: html` ${problemOf(problem)} ${words(invitation)}
    <form method="post" action="/team-invitations/${token}">
      ${openId?.isOnly ? withProvider(openId) : newPasswordField('Choose a password', problem, { isFirst: true })}
      <button>Make my account and join</button>
    </form>`,
})

const withProvider = ({ name }: OpenIdSettings) =>
  html`<input type="hidden" name="password" value="" />
    <p>You will sign in to it with ${name}.</p>`

const showInvitation = async (visit: Visit): Promise<Answer> => {
  const { platform, params, cookies, origin } = visit
  const { token = '' } = params
  const invitation = await invitationOf(visit)
  const title = `Join ${invitation.teamName}`
  const actor = await findSessionActor(platform.db, cookies, origin)
  if (actor && isFor(invitation, actor.name))
    return {
      title,
      body: html` ${words(invitation)}
        <form method="post" action="/team-invitations/${token}"><button>Join</button></form>`,
    }
  if (await findCredentials(platform.db, invitation.email))
    return {
      title,
      body: html` ${words(invitation)}
        ${actor && html`<p>You are signed in as ${actor.name}, whom it is not for.</p>`}
        <p>
          <a href="/sign-in?next=${encodeURIComponent(`/team-invitations/${token}`)}"
            >Sign in as ${invitation.email}</a
          >
        </p>`,
    }
  if (!(await makesAccount(platform, invitation)))
    return {
      title,
      body: html`${words(invitation)}
        <p>${ASK_OPERATOR}</p>`,
    }
  return newAccountForm(platform, invitation, token)
}

const isFor = ({ email }: Invitation, name: string): boolean =>
  name.toLowerCase() === email.toLowerCase()

const takeInvitation = async (visit: Visit): Promise<Answer> => {
  const { platform, params, form, cookies, origin } = visit
  const { token = '' } = params
  const invitation = await invitationOf(visit)
  const password = form.get('password')
  if (password === null) {
    const actor = await findSessionActor(platform.db, cookies, origin)
    if (!actor || !isFor(invitation, actor.name)) return showInvitation(visit)
    await acceptInvitation(platform, actor, token)
    return { redirect: '/dashboard' }
  }
  let session: string[] | undefined
  const isByProvider = platform.openId?.isOnly ?? false
  const problem = await problemIn(async () => {
    const given = { invitation, token, password: isByProvider ? null : password }
    const actor = await joinWithAccount(platform, given, origin)
    session = isByProvider ? [] : await startSession(platform.db, actor, visit)
  })
  if (!session) return newAccountForm(platform, invitation, token, problem)
  if (isByProvider) return { redirect: '/sign-in?joined=yes&next=/dashboard' }
  return { redirect: '/dashboard', cookies: session }
}

export const invitationPages = [
  page('GET', JOIN, 'the secret of an invitation', showInvitation),
  page('POST', JOIN, 'the secret of an invitation', takeInvitation),
]
