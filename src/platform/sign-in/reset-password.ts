import { transaction, type Db } from '#/foundation/db.ts'
import { newSecret } from '#/foundation/ids.ts'
import type { Account } from '#/platform/account/account.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { canSendMail, enqueueMail } from '#/platform/mail/send-mail.ts'
import type { Platform } from '#/platform/platform.ts'
import { putLink } from './account-link-store.ts'
import { findCredentials } from './password-store.ts'
import { pageUrl } from './platform-url.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'settings' | 'mail'>

const LIFETIME_SECONDS = 3600

/** A link with which the account's person sets a new password, in place of an earlier one. */
const makeLink = async (
  tx: Db,
  { settings }: Needs,
  actor: Actor,
  accountId: string,
): Promise<string> => {
  const token = newSecret()
  await putLink(tx, { accountId, kind: 'reset', token, lifetimeSeconds: LIFETIME_SECONDS })
  await insertEvent(tx, actor, {
    resource: 'password-reset',
    resourceId: accountId,
    action: 'create',
  })
  return pageUrl(settings, `/reset/${token}`)
}

/** What the job does for whoever says that they have forgotten their password. Nobody learns whether there is such an account. */
export const sendReset = (needs: Needs, email: string, actor: Actor): Promise<void> =>
  transaction(needs.db, async (tx) => {
    const found = await findCredentials(tx, email)
    if (!found || !canSendMail(needs)) return
    await mailLink(tx, needs, found.email, await makeLink(tx, needs, actor, found.id))
  })

/** At the operator's wish: by mail to whose account it is, or where there is no mail as the answer, this once. */
export const resetFor = (
  needs: Needs,
  actor: Actor,
  { id, email }: Account,
): Promise<string | null> =>
  transaction(needs.db, async (tx) => {
    const url = await makeLink(tx, needs, actor, id)
    if (!canSendMail(needs)) return url
    await mailLink(tx, needs, email, url)
    return null
  })

const mailLink = (tx: Db, needs: Needs, to: string, url: string): Promise<void> =>
  enqueueMail(tx, needs, {
    to,
    subject: 'Set a new password',
    text: `Somebody, probably you, wants to set a new password for your account on ${needs.settings.apiHost}.

This link does so, once, within the next hour:

${url}

If it was not you, do nothing: your password stays as it is.
`,
  })
