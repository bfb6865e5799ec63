import { seal } from '#/foundation/crypto.ts'
import type { Db } from '#/foundation/db.ts'
import { messageOf } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { deliverMail, type Mail } from '#/foundation/mail.ts'
import { unsealByMaster } from '#/platform/keyring.ts'
import type { Platform } from '#/platform/platform.ts'
import { sendMailJob } from './mail-jobs.ts'

/** Whether this platform can send mail; if not, links are shown once to whoever may ask for them. */
export const canSendMail = ({ mail }: Pick<Platform, 'mail'>): boolean => mail !== null

/** Sends the mail if and when the transaction has been committed. */
export const enqueueMail = (
  tx: Db,
  { keyring }: Pick<Platform, 'keyring'>,
  mail: Mail,
): Promise<void> =>
  enqueue(tx, sendMailJob, { sealed: seal(keyring.masterKey, PLACE, JSON.stringify(mail)) })

/** What the job does. Where SMTP is no longer set the mail is dropped. */
export const sendMail = async (
  { mail: settings, keyring, log }: Pick<Platform, 'mail' | 'keyring' | 'log'>,
  { sealed }: { sealed: string },
): Promise<void> => {
  if (!settings) return log.warn('a mail was dropped, as SLUICE_SMTP_URL is not set any more')
  const mail = JSON.parse(unsealByMaster(keyring, PLACE, sealed).toString()) as Mail
  try {
    await deliverMail(settings, mail)
  } catch (error) {
    // The server's own words may quote the mail; the log gets no more than its first line.
    log.warn({ reason: messageOf(error).split('\n')[0] }, 'a mail could not be sent yet')
    throw new Error('The SMTP server did not take a mail.', { cause: error })
  }
}

const PLACE = ['jobs', sendMailJob.name]
