import { BuildRejection } from './build-rejection.ts'

/** A Procfile's lines: `type: command`. Others mean nothing, as on Heroku. The last line of a type counts. */
const LINE = /^([A-Za-z0-9_-]+)\s*:\s*(.+)$/

const LONGEST_TYPE = 64
const LONGEST_COMMAND = 32 * 1024
const MOST_TYPES = 100

/** @throws BuildRejection if a type or command cannot be one */
export const parseProcfile = (text: string): Record<string, string> => {
  const types = new Map<string, string>()
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [, type, command] = LINE.exec(line.trimEnd()) ?? []
    if (type !== undefined && command !== undefined)
      types.set(checkType(type), checkCommand(type, command))
  }
  return checkCount(types)
}

const checkType = (type: string): string => {
  if (type.length > LONGEST_TYPE)
    throw new BuildRejection(
      `the process type ${type.slice(0, LONGEST_TYPE)}… in the Procfile is longer than ${LONGEST_TYPE} characters.`,
    )
  if (type === '__proto__')
    throw new BuildRejection(`${type} cannot be the name of a process type.`)
  return type
}

const checkCommand = (type: string, command: string): string => {
  if (command.length > LONGEST_COMMAND)
    throw new BuildRejection(`the command of ${type} in the Procfile is too long.`)
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(command))
    throw new BuildRejection(`the command of ${type} in the Procfile has control characters in it.`)
  return command
}

const checkCount = (types: Map<string, string>): Record<string, string> => {
  if (types.size > MOST_TYPES)
    throw new BuildRejection(`the Procfile declares more than ${MOST_TYPES} process types.`)
  return Object.fromEntries(types)
}

/** The rules that a Procfile's types and commands keep, for those that a buildpack declares. */
export const checkProcessTypes = (types: Record<string, string>): Record<string, string> => {
  for (const [type, command] of Object.entries(types)) {
    if (!/^[A-Za-z0-9_-]+$/.test(type))
      throw new BuildRejection(`${JSON.stringify(type)} cannot be the name of a process type.`)
    checkCommand(checkType(type), command)
  }
  return checkCount(new Map(Object.entries(types)))
}
