import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { runOnce } from 'graphile-worker'
import { SMTPServer } from 'smtp-server'
import type { MailSettings } from '#/foundation/mail.ts'
import { sendMail } from '#/platform/mail/send-mail.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { sendReset } from '#/platform/sign-in/reset-password.ts'
import type { TestPlatform } from './test-platform.ts'

export type ReceivedMail = { from: string; to: string[]; raw: string }

/** A real SMTP server on this machine, and what it has been given. */
export const aMailServer = async (): Promise<{ settings: MailSettings; mails: ReceivedMail[] }> => {
  const mails: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope }, done) => {
      let raw = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => (raw += chunk))
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return {
    settings: { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'Sluice <sluice@example.com>' },
    mails,
  }
}

/** Sends what waits to be sent. */
export const sendWaitingMail = ({
  platform,
  database,
}: Pick<TestPlatform, 'platform' | 'database'>): Promise<void> =>
  runOnce({
    pgPool: database.pool,
    noHandleSignals: true,
    taskList: {
      'send-mail': (args) => sendMail(platform, args as { sealed: string }),
      'send-reset': (args) =>
        sendReset(platform, (args as { email: string }).email, systemActor('test')),
    },
  })
