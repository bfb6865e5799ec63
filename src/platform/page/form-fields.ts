import { ApiError } from '#/foundation/errors.ts'
import { html, type Html } from './html.ts'

/** What is wrong with a form that somebody has sent, and with which of its fields, if with one. */
export type Problem = Pick<ApiError, 'status' | 'message' | 'field' | 'retryAfter'>

/** What the visitor did wrong, to be told above the form that they filled in. */
export const problemIn = async (work: () => Promise<unknown>): Promise<Problem | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 404) throw error
    return error
  }
}

/** How a page answers on which the form is shown once more. */
export const answeredBy = (problem: Problem | undefined) =>
  problem && { status: problem.status, retryAfter: problem.retryAfter }

/** Once on a page: the wrong field is described by it. */
export const problemOf = (problem: Problem | undefined): Html | false =>
  problem !== undefined && html`<p class="problem" id="problem" role="alert">${problem.message}</p>`

/**
 * Attributes of a form's field: the wrong one has the focus, and the problem is read out with it.
 * @param isFirst it has the focus where no field is wrong
 */
export const fieldState = (
  field: NonNullable<ApiError['field']>,
  problem: Problem | undefined,
  isFirst = false,
): Html | false => {
  if (problem?.field === field)
    return html`aria-invalid="true" aria-describedby="problem" autofocus`
  return isFirst && problem?.field === undefined && html`autofocus`
}

export const emailField = (label: string, email: string, problem: Problem | undefined): Html =>
  html`<label
    >${label}
    <input
      name="email"
      type="email"
      value="${email}"
      autocomplete="username"
      required
      ${fieldState('email', problem, true)}
  /></label>`

/** For the password that one has. */
export const passwordField = (label: string, problem: Problem | undefined): Html =>
  html`<label
    >${label}
    <input
      name="password"
      type="password"
      autocomplete="current-password"
      required
      ${fieldState('password', problem)}
  /></label>`

/** For one that is chosen. */
export const newPasswordField = (
  label: string,
  problem: Problem | undefined,
  { name = 'password', isFirst = false } = {},
): Html =>
  html`<label
    >${label}, of at least 8 characters
    <input
      name="${name}"
      type="password"
      minlength="8"
      autocomplete="new-password"
      required
      ${fieldState('new-password', problem, isFirst)}
  /></label>`
