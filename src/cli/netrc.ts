import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { writeDurably } from '#/foundation/durable-file.ts'
import { hasCode } from '#/foundation/errors.ts'

/** Where the official CLI keeps what one has logged in with, and git and curl look too. */
export type Login = { email: string; token: string }

const netrcPath = (): string => join(homedir(), '.netrc')

/** @param host with its port, as the official CLI writes it */
export const readLogin = async (host: string): Promise<Login | undefined> => {
  const { mine } = cut(await readNetrc(), host)
  const email = /\blogin\s+(\S+)/.exec(mine)?.[1]
  const token = /\bpassword\s+(\S+)/.exec(mine)?.[1]
  return email !== undefined && token !== undefined ? { email, token } : undefined
}

export const writeLogin = async (host: string, { email, token }: Login): Promise<void> => {
  const { rest } = cut(await readNetrc(), host)
  const before = rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`
  const entry = `machine ${host}\n  login ${email}\n  password ${token}\n`
  await writeDurably(netrcPath(), before + entry)
}

export const removeLogin = async (host: string): Promise<void> => {
  const { mine, rest } = cut(await readNetrc(), host)
  if (mine !== '') await writeDurably(netrcPath(), rest)
}

const readNetrc = async (): Promise<string> => {
  try {
    return await readFile(netrcPath(), 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return ''
    throw error
  }
}

/** The host's entry, which goes on to the next one or to a line that belongs to none, and all else as it is. */
export const cut = (text: string, host: string): { mine: string; rest: string } => {
  let isMine = false
  const mine: string[] = []
  const rest: string[] = []
  for (const line of text.split(/(?<=\n)/)) {
    const [, named] = /^\s*machine\s+(\S+)/.exec(line) ?? []
    if (named !== undefined) isMine = named === host
    else if (!/^\s+(login|password|account|method|org)\s/.test(line)) isMine = false
    ;(isMine ? mine : rest).push(line)
  }
  return { mine: mine.join(''), rest: rest.join('') }
}
