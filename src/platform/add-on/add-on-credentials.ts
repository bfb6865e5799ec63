import { randomBytes } from 'node:crypto'

/** What an app needs to reach its database, all but the names, which follow from the add-on's id. */
export type Credentials = {
  password: string
  /** Where the cluster listens; unknown until it is provisioned. */
  host?: string
  port?: number
}

export const newPassword = (): string => `p${randomBytes(32).toString('hex')}`

/** Role and database of an add-on. Nobody chooses them, so they need no more than the id to be found again. */
export const databaseNames = (addOnId: string): { user: string; database: string } => {
  const hex = addOnId.replaceAll('-', '')
  return { user: `u${hex}`, database: `d${hex}` }
}

/** `postgres://`, never `postgresql://`, which Heroku's CLI does not take. */
export const databaseUrl = (addOnId: string, { password, host, port }: Credentials): string => {
  if (host === undefined || port === undefined)
    throw new Error(`Add-on ${addOnId} has no address yet.`)
  const { user, database } = databaseNames(addOnId)
  return `postgres://${user}:${password}@${host}:${port}/${database}`
}
