import type { OpenIdSettings } from '#/foundation/open-id.ts'
import type { Platform } from '#/platform/platform.ts'
import { transaction } from '#/foundation/db.ts'
import {
  answeredBy,
  emailField,
  fieldState,
  passwordField,
  type Problem,
  problemIn,
  problemOf,
} from '#/platform/page/form-fields.ts'
import { html, type Html } from '#/platform/page/html.ts'
import { page, type Answer, type Visit } from '#/platform/page/page.ts'
import { ownPath } from '#/platform/page/same-origin.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import {
  checkPassword,
  letThrough,
  noteRefusal,
  requirePasswords,
  settleSignIn,
} from './check-credentials.ts'
import { getCredentials, type Credentials } from './password-store.ts'
import {
  endSession,
  findHalfSession,
  findSessionActor,
  startHalfSession,
  startSession,
} from './session.ts'
import { forgiveAttempt } from './sign-in-attempt-store.ts'
import { useCode } from './use-code.ts'

export const HOME = '/dashboard'

type PasswordForm = {
  platform: Pick<Platform, 'openId'>
  next: string
  email?: string
  notice?: string | undefined
  isAgain?: boolean
}

const passwordForm = (
  { platform, next, email = '', notice, isAgain = false }: PasswordForm,
  problem?: Problem,
): Answer => ({
  title: 'Sign in',
  ...answeredBy(problem),
  body: html` ${problemOf(problem)} ${notice !== undefined && html`<p class="notice">${notice}</p>`}
  ${!platform.openId?.isOnly && passwordFields(next, email, problem)}
  ${platform.openId && openIdLink(platform.openId, next, isAgain)}
  ${!platform.openId?.isOnly && html`<p><a href="/reset">Forgotten your password?</a></p>`}`,
})

const passwordFields = (next: string, email: string, problem: Problem | undefined): Html =>
  html`<form method="post" action="/sign-in">
    <input type="hidden" name="next" value="${next}" />
    ${emailField('E-mail address', email, problem)} ${passwordField('Password', problem)}
    <button>Sign in</button>
  </form>`

const openIdLink = ({ name }: OpenIdSettings, next: string, isAgain: boolean): Html =>
  html`<p>
    <a
      class="button"
      href="/sign-in/openid?next=${encodeURIComponent(next)}${isAgain ? '&again=yes' : ''}"
      >Sign in with ${name}</a
    >
  </p>`

export const codeForm = (next: string, problem?: Problem): Answer => ({
  title: 'One more step',
  ...answeredBy(problem),
  body: html` ${problemOf(problem)}
    <form method="post" action="/sign-in/code">
      <input type="hidden" name="next" value="${next}" />
      <label
        >Code of your authenticator app, or a recovery code
        <input
          name="code"
          autocomplete="one-time-code"
          spellcheck="false"
          required
          ${fieldState('code', problem, true)}
      /></label>
      <button>Sign in</button>
    </form>`,
})

const NOTICES: Record<string, string> = {
  again: 'For this you need to sign in once more.',
  reset: 'Your password has been set.',
  out: 'You are signed out.',
  joined: 'Your account is made. Sign in to it now.',
}

const showForm = async ({ platform, query }: Visit): Promise<Answer> => {
  const notice = Object.keys(NOTICES).find((name) => query[name] !== undefined)
  return passwordForm({
    platform,
    isAgain: notice === 'again',
    next: ownPath(query['next'], HOME),
    notice: notice === undefined ? undefined : NOTICES[notice],
  })
}

const takePassword = async (visit: Visit): Promise<Answer> => {
  const { platform, form, origin, userAgent } = visit
  const next = ownPath(form.get('next'), HOME)
  const email = form.get('email')?.trim() ?? ''
  const password = form.get('password') ?? ''
  let found: Credentials | undefined
  const problem = await problemIn(async () => {
    requirePasswords(platform)
    found = await checkPassword(platform, { email, password }, origin)
  })
  if (!found) return passwordForm({ platform, next, email }, problem)
  const attempt = { email, remoteAddress: origin.remoteAddress }
  if (!found.twoFactor) {
    const actor = await settleSignIn(platform, found, attempt, origin)
    return { redirect: next, cookies: await startSession(platform.db, actor, visit) }
  }
  await transaction(platform.db, (tx) => forgiveAttempt(tx, attempt))
  const whose = { accountId: found.id, remoteAddress: origin.remoteAddress }
  return { ...codeForm(next), cookies: await startHalfSession(platform.db, whose, userAgent) }
}

const takeCode = async (visit: Visit): Promise<Answer> => {
  const { platform, form, origin } = visit
  const next = ownPath(form.get('next'), HOME)
  const half = await findHalfSession(platform.db, visit.cookies)
  if (!half) return { redirect: `/sign-in?again=yes&next=${encodeURIComponent(next)}` }
  const found = await getCredentials(platform.db, half.accountId)
  const attempt = { email: found.email, remoteAddress: origin.remoteAddress }
  const early = await problemIn(() => letThrough(platform.db, attempt))
  if (early) return codeForm(next, early)
  if (!(await useCode(platform, found.id, form.get('code') ?? ''))) {
    await noteRefusal(platform, origin, found, 'a wrong code')
    return codeForm(next, {
      status: 403,
      field: 'code',
      message: 'That code is wrong, or has been used already.',
    })
  }
  const actor = await settleSignIn(platform, found, attempt, origin)
  return { redirect: next, cookies: await startSession(platform.db, actor, visit) }
}

const signOut = ({ platform, cookies, origin }: Visit): Promise<Answer> =>
  transaction(platform.db, async (tx) => {
    const actor = await findSessionActor(tx, cookies, origin)
    const ended = await endSession(tx, cookies)
    if (actor?.sessionId !== undefined)
      await insertEvent(tx, actor, {
        resource: 'session',
        resourceId: actor.sessionId,
        action: 'destroy',
      })
    return { redirect: '/sign-in?out=yes', cookies: ended }
  })

export const signInPages = [
  page('GET', '/sign-in', 'where one signs in', showForm),
  page('POST', '/sign-in', 'e-mail address and password', takePassword),
  page('POST', '/sign-in/code', 'a half session and a code', takeCode),
  page('POST', '/sign-out', 'ends only what its cookie names', signOut),
]
