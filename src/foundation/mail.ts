import { createTransport } from 'nodemailer'

/** Where mail is handed over, and whom it is from. */
export type MailSettings = { smtpUrl: string; from: string }

export type Mail = { to: string; subject: string; text: string }

/** Without a server's answer for this long the attempt has failed. */
const LIMIT_MS = 30_000

/** Hands one mail to the SMTP server; @throws if the server does not take it. */
export const deliverMail = async ({ smtpUrl, from }: MailSettings, mail: Mail): Promise<void> => {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: LIMIT_MS,
    greetingTimeout: LIMIT_MS,
    socketTimeout: LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const { to, subject, text } = mail
    await transport.sendMail({ from, to: { name: '', address: to }, subject, text })
  } finally {
    transport.close()
  }
}
