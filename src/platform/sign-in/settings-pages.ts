import { html } from '#/platform/page/html.ts'
import type { Answer } from '#/platform/page/page.ts'
import { getOwnAccount } from '#/platform/account/account-store.ts'
import { changePassword } from './change-password.ts'
import { problemIn, problemOf, type Problem } from './sign-in-pages.ts'
import { signedInPage, type SignedInVisit } from './visitor.ts'

const settings = async (
  { platform, actor }: SignedInVisit,
  { problem, notice }: { problem?: Problem; notice?: string } = {},
): Promise<Answer> => {
  const { email, name, twoFactor } = await getOwnAccount(platform.db, actor)
  return {
    title: 'Your account',
    ...(problem ? { status: problem.status } : {}),
    body: html` ${problemOf(problem)}
      ${notice !== undefined && html`<p class="notice">${notice}</p>`}
      <dl>
        <dt>E-mail address</dt>
        <dd>${email}</dd>
        ${
          name !== null &&
          html`<dt>Name</dt>
            <dd>${name}</dd>`
        }
        <dt>Two-factor authentication</dt>
        <dd>${twoFactor ? 'enabled' : 'not enabled'}</dd>
      </dl>
      <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>

      <h2>Change your password</h2>
      <form method="post" action="/settings/password">
        <input type="hidden" name="username" value="${email}" autocomplete="username" />
        <label
          >Present password
          <input name="password" type="password" autocomplete="current-password" required
        /></label>
        <label
          >New password, of at least 8 characters
          <input
            name="new_password"
            type="password"
            minlength="8"
            autocomplete="new-password"
            required
        /></label>
        <button>Change it</button>
        <p class="hint">You will be signed out everywhere else.</p>
      </form>`,
  }
}

const takeNewPassword = async (visit: SignedInVisit): Promise<Answer> => {
  const { platform, actor, form } = visit
  const password = form.get('password') ?? ''
  const newPassword = form.get('new_password') ?? ''
  const problem = await problemIn(() => changePassword(platform, actor, { password, newPassword }))
  return settings(visit, problem ? { problem } : { notice: 'Your password has been changed.' })
}

const back = '/settings'

export const settingsPages = [
  signedInPage('GET', '/settings', {}, (visit) => settings(visit)),
  signedInPage('POST', '/settings/password', { back }, takeNewPassword),
]
