import { enqueue } from '#/foundation/jobs.ts'
import {
  answeredBy,
  emailField,
  newPasswordField,
  type Problem,
  problemIn,
  problemOf,
} from '#/platform/page/form-fields.ts'
import { html } from '#/platform/page/html.ts'
import { page, type Answer, type Visit } from '#/platform/page/page.ts'
import { canSendMail } from '#/platform/mail/send-mail.ts'
import { findLink } from './account-link-store.ts'
import { letThrough, requirePasswords } from './check-credentials.ts'
import { endSession } from './session.ts'
import { sendResetJob } from './sign-in-jobs.ts'
import { deadLink, useLink } from './use-link.ts'

const TITLE = 'Forgotten your password?'

/** Where passwords open nothing there is none to set. */
const resetPage = (
  method: 'GET' | 'POST',
  path: string,
  why: string,
  answer: (visit: Visit) => Promise<Answer>,
) =>
  page(method, path, why, async (visit) => {
    requirePasswords(visit.platform)
    return answer(visit)
  })

const requestForm = (email = '', problem?: Problem): Answer => ({
  title: TITLE,
  ...answeredBy(problem),
  body: html` ${problemOf(problem)}
    <form method="post" action="/reset">
      ${emailField('Your e-mail address', email, problem)}
      <button>Send me a link</button>
    </form>`,
})

const NO_MAIL: Answer = {
  title: TITLE,
  body: html`<p>
    This platform sends no mail. Its operator can make a link for you, with
    <code>sluice accounts:reset EMAIL</code>.
  </p>`,
}

const showRequest = async ({ platform }: Visit): Promise<Answer> =>
  canSendMail(platform) ? requestForm() : NO_MAIL

/** Whoever asks hears the same after the same time: what there is to do is done by a job. */
const takeRequest = async ({ platform, form, origin }: Visit): Promise<Answer> => {
  if (!canSendMail(platform)) return { redirect: '/reset' }
  const email = form.get('email')?.trim().slice(0, 254) ?? ''
  const { remoteAddress } = origin
  const early = await problemIn(() =>
    letThrough(platform.db, { email: `reset ${email}`, remoteAddress }),
  )
  if (early) return requestForm(email, early)
  await enqueue(platform.db, sendResetJob, { email, ...origin })
  return {
    title: TITLE,
    body: html`<p>
      If there is an account with that address, a mail with a link is on its way to it. The link is
      good for an hour.
    </p>`,
  }
}

const passwordForm = (token: string, email: string, problem?: Problem): Answer => ({
  title: 'Set a new password',
  ...answeredBy(problem),
  body: html`
    ${problemOf(problem)}
    <form method="post" action="/reset/${token}">
      <label
        >E-mail address <input type="email" value="${email}" autocomplete="username" readonly
      /></label>
      ${newPasswordField('New password', problem, { isFirst: true })}
      <button>Set it</button>
      <p class="hint">You will be signed out everywhere.</p>
    </form>
  `,
})

const showReset = async ({ platform, params }: Visit): Promise<Answer> => {
  const { token = '' } = params
  const found = await findLink(platform.db, 'reset', token)
  if (!found) throw deadLink()
  return passwordForm(token, found.email)
}

/** One signs in afterwards, with a code if the account wants one: the mailbox stands for the password alone. */
const takePassword = async ({
  platform,
  params,
  form,
  origin,
  cookies,
}: Visit): Promise<Answer> => {
  const { token = '' } = params
  const found = await findLink(platform.db, 'reset', token)
  if (!found) throw deadLink()
  const password = form.get('password') ?? ''
  const problem = await problemIn(() =>
    useLink(platform, { kind: 'reset', token }, { password }, origin),
  )
  if (problem) return passwordForm(token, found.email, problem)
  return { redirect: '/sign-in?reset=yes', cookies: await endSession(platform.db, cookies) }
}

export const resetPages = [
  resetPage('GET', '/reset', 'where one asks for a link', showRequest),
  resetPage('POST', '/reset', 'answers everybody alike', takeRequest),
  resetPage('GET', '/reset/:token', 'a one-time token', showReset),
  resetPage('POST', '/reset/:token', 'a one-time token', takePassword),
]
