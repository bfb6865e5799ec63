import { rm } from 'node:fs/promises'
import type { Actor } from '#/platform/event/actor.ts'
import { html } from '#/platform/page/html.ts'
import {
  answeredBy,
  emailField,
  newPasswordField,
  type Problem,
  problemIn,
  problemOf,
} from '#/platform/page/form-fields.ts'
import { page, type Answer, type Visit } from '#/platform/page/page.ts'
import { findLink } from './account-link-store.ts'
import { startSession } from './session.ts'
import { deadLink, useLink } from './use-link.ts'

const setupForm = (token: string, email: string, problem?: Problem): Answer => ({
  title: 'Set up your account',
  ...answeredBy(problem),
  body: html` ${problemOf(problem)}
    <p>You are the operator of this platform. This link works once.</p>
    <form method="post" action="/setup/${token}">
      ${emailField('Your e-mail address', email, problem)}
      ${newPasswordField('A password', problem)}
      <button>Set up</button>
    </form>`,
})

const showSetup = async ({ platform, params }: Visit): Promise<Answer> => {
  const { token = '' } = params
  if (!(await findLink(platform.db, 'setup', token))) throw deadLink()
  return setupForm(token, '')
}

const setUp = async (visit: Visit): Promise<Answer> => {
  const { platform, params, form, origin } = visit
  const { token = '' } = params
  const email = form.get('email')?.trim() ?? ''
  const given = { email, password: form.get('password') ?? '' }
  let actor: Actor | undefined
  const problem = await problemIn(async () => {
    actor = await useLink(platform, { kind: 'setup', token }, given, origin)
  })
  if (!actor) return setupForm(token, email, problem)
  await rm(platform.paths.setupLink, { force: true })
  return { redirect: '/dashboard', cookies: await startSession(platform.db, actor, visit) }
}

export const setupPages = [
  page('GET', '/setup/:token', 'a one-time token', showSetup),
  page('POST', '/setup/:token', 'a one-time token', setUp),
]
