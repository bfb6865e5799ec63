import { issueCertificates } from '#/keeper/issue-certificates.ts'

/** DIR DOMAIN. The keeper runs this as a process of its own: what it takes to issue certificates is not kept in memory. */
const [dir, domain] = process.argv.slice(2)
if (!dir || !domain) throw new Error('Usage: issue-certificates DIR DOMAIN')
await issueCertificates(dir, domain)
