import { transaction } from '#/foundation/db.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { html } from '#/platform/page/html.ts'
import type { Answer } from '#/platform/page/page.ts'
import { decide, findWaiting } from './cli-login-store.ts'
import { deadLink } from './use-link.ts'
import { signedInPage, type SignedInVisit } from './visitor.ts'

const show = async ({ platform, params, actor }: SignedInVisit): Promise<Answer> => {
  const { secret = '' } = params
  const login = await findWaiting(platform.db, secret)
  if (!login) throw deadLink()
  return {
    title: 'Let this command line in?',
    body: html`
      <dl>
        <dt>What asks</dt>
        <dd>${login.description}</dd>
        <dt>From the address</dt>
        <dd>${login.remoteAddress ?? 'unknown'}</dd>
        <dt>Since</dt>
        <dd>${login.createdAt.toISOString().slice(0, 19).replace('T', ' ')} UTC</dd>
        <dt>To act as</dt>
        <dd>${actor.name}</dd>
      </dl>
      <p>
        Approve only what you have just started yourself: it will be able to do all that you can,
        for thirty days. What it says of itself is not checked.
      </p>
      <form class="choices" method="post" action="/auth/browser/${secret}">
        <button name="answer" value="approve">Approve</button>
        <button name="answer" value="deny" class="quiet">Deny</button>
      </form>
    `,
  }
}

const take = async ({ platform, params, form, actor }: SignedInVisit): Promise<Answer> => {
  const state = form.get('answer') === 'approve' ? 'approved' : 'denied'
  await transaction(platform.db, async (tx) => {
    const { accountId } = actor
    const login = await decide(tx, params['secret'] ?? '', { state, accountId })
    if (!login) throw deadLink()
    await insertEvent(tx, actor, {
      resource: 'cli-login',
      resourceId: login.id,
      action: state === 'approved' ? 'create' : 'refuse',
      after: { description: login.description, from: login.remoteAddress },
    })
  })
  return state === 'approved'
    ? {
        title: 'Approved',
        body: html`<p>You may close this page and go back to your terminal.</p>`,
      }
    : { title: 'Denied', body: html`<p>What asked has been turned away.</p>` }
}

/** A token outlives the session, so whoever gives one away has just signed in. */
const fresh = true

export const cliLoginPages = [
  signedInPage('GET', '/auth/browser/:secret', { fresh }, show),
  signedInPage('POST', '/auth/browser/:secret', { fresh }, take),
]
