import {
  answeredBy,
  fieldState,
  newPasswordField,
  passwordField,
  type Problem,
  problemIn,
  problemOf,
} from '#/platform/page/form-fields.ts'
import { html, type Html } from '#/platform/page/html.ts'
import type { Answer } from '#/platform/page/page.ts'
import { getOwnAccount } from '#/platform/account/account-store.ts'
import { changePassword } from './change-password.ts'
import {
  beginTwoFactor,
  confirmTwoFactor,
  disableTwoFactor,
  renewRecoveryCodes,
} from './change-two-factor.ts'
import { qrCode } from '#/platform/page/qr-code.ts'
import { signedInPage, type SignedInVisit } from './visitor.ts'

/** What came of a form: its problem is told where the form is. */
type Told = { ofPassword?: Problem; ofTwoFactor?: Problem; notice?: string }

const settings = async (
  { platform, actor }: SignedInVisit,
  { ofPassword, ofTwoFactor, notice }: Told = {},
): Promise<Answer> => {
  const problem = ofPassword ?? ofTwoFactor
  const { email, name, twoFactor } = await getOwnAccount(platform.db, actor)
  const hasPassword = !platform.openId?.isOnly
  return {
    title: 'Your account',
    ...answeredBy(problem),
    body: html` ${notice !== undefined && html`<p class="notice">${notice}</p>`}
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
      <p><a href="/dashboard">Go to the dashboard</a></p>
      <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>

      ${
        (twoFactor || hasPassword) &&
        html`<h2>Two-factor authentication</h2>
          ${twoFactor ? enabledForms(ofTwoFactor) : enableForm(ofTwoFactor)}`
      }
      ${hasPassword && newPasswordForm(email, ofPassword)}`,
  }
}

const newPasswordForm = (email: string, problem: Problem | undefined): Html =>
  html`<h2>Change your password</h2>
    ${problemOf(problem)}
    <form method="post" action="/settings/password">
      <input type="hidden" name="username" value="${email}" autocomplete="username" />
      ${passwordField('Present password', problem)}
      ${newPasswordField('New password', problem, { name: 'new_password' })}
      <button>Change it</button>
      <p class="hint">You will be signed out everywhere else.</p>
    </form>`

const takeNewPassword = async (visit: SignedInVisit): Promise<Answer> => {
  const { platform, actor, form } = visit
  const password = form.get('password') ?? ''
  const newPassword = form.get('new_password') ?? ''
  const problem = await problemIn(() => changePassword(platform, actor, { password, newPassword }))
  return settings(
    visit,
    problem ? { ofPassword: problem } : { notice: 'Your password has been changed.' },
  )
}

const passwordAndCode = ({ form }: SignedInVisit): { password: string; code: string } => ({
  password: form.get('password') ?? '',
  code: form.get('code') ?? '',
})

const beginCodes = async (visit: SignedInVisit): Promise<Answer> => {
  const { platform, actor, form } = visit
  let begun: { secret: string; uri: string } | undefined
  const problem = await problemIn(async () => {
    begun = await beginTwoFactor(platform, actor, form.get('password') ?? '')
  })
  return begun ? seedPage(begun) : settings(visit, problem && { ofTwoFactor: problem })
}

/** A wrong code leaves the seed as it is; the app has it, and the page need not show it again. */
const confirmCodes = async (visit: SignedInVisit): Promise<Answer> => {
  const { platform, actor, form } = visit
  let codes: string[] = []
  const problem = await problemIn(async () => {
    codes = await confirmTwoFactor(platform, actor, form.get('code') ?? '')
  })
  return problem ? { title: TITLE, status: 403, body: confirmForm(problem) } : codesPage(codes)
}

const renewCodes = async (visit: SignedInVisit): Promise<Answer> => {
  const { platform, actor } = visit
  let codes: string[] = []
  const problem = await problemIn(async () => {
    codes = await renewRecoveryCodes(platform, actor, passwordAndCode(visit))
  })
  return problem ? settings(visit, { ofTwoFactor: problem }) : codesPage(codes)
}

const disableCodes = async (visit: SignedInVisit): Promise<Answer> => {
  const { platform, actor } = visit
  const problem = await problemIn(() => disableTwoFactor(platform, actor, passwordAndCode(visit)))
  return settings(
    visit,
    problem
      ? { ofTwoFactor: problem }
      : { notice: 'Two-factor authentication is not enabled any more.' },
  )
}

const TITLE = 'Two-factor authentication'

const confirmForm = (problem?: Problem): Html =>
  html`${problemOf(problem)}
    <form method="post" action="/settings/two-factor/confirm">
      <label
        >The code that your app shows
        <input
          name="code"
          autocomplete="one-time-code"
          inputmode="numeric"
          required
          ${fieldState('code', problem, true)}
      /></label>
      <button>Enable</button>
    </form>`

const seedPage = ({ secret, uri }: { secret: string; uri: string }): Answer => ({
  title: TITLE,
  body: html`<p>Scan this with your authenticator app, or add the secret by hand:</p>
    ${qrCode(uri, 'The secret as a QR code')}
    <dl>
      <dt>Secret</dt>
      <dd><code>${secret}</code></dd>
      <dt>Address</dt>
      <dd>
        <a href="${uri}"><code>${uri}</code></a>
      </dd>
    </dl>
    ${confirmForm()}`,
})

const codesPage = (codes: string[]): Answer => ({
  title: 'Recovery codes',
  body: html`<p>
      Two-factor authentication is enabled. Keep these codes where your device is not: each signs
      you in once if you have lost it. They are not shown again.
    </p>
    <ul class="codes">
      ${codes.map((code) => html`<li><code>${code}</code></li>`)}
    </ul>
    <p><a href="/settings">Done</a></p>`,
})

const enableForm = (problem: Problem | undefined): Html =>
  html`${problemOf(problem)}
    <form method="post" action="/settings/two-factor">
      ${passwordField('Password', problem)}
      <button>Enable</button>
    </form>`

const enabledForms = (problem: Problem | undefined): Html =>
  html`${problemOf(problem)}
    <form method="post" action="/settings/two-factor/disable">
      ${passwordField('Password', problem)}
      <label
        >A code
        <input name="code" autocomplete="one-time-code" required ${fieldState('code', problem)}
      /></label>
      <button>Disable</button>
      <button class="quiet" formaction="/settings/two-factor/renew">New recovery codes</button>
    </form>`

const back = '/settings'

export const settingsPages = [
  signedInPage('GET', '/settings', {}, (visit) => settings(visit)),
  signedInPage('POST', '/settings/password', { back }, takeNewPassword),
  signedInPage('POST', '/settings/two-factor', { back }, beginCodes),
  signedInPage('POST', '/settings/two-factor/confirm', { back }, confirmCodes),
  signedInPage('POST', '/settings/two-factor/renew', { back }, renewCodes),
  signedInPage('POST', '/settings/two-factor/disable', { back }, disableCodes),
]
