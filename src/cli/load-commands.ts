import type { Command } from '@oclif/core'
import { commandTable } from './command-table.ts'

/**
 * Loads the command that is named, and all of them if help is asked for or the name is not in the table (oclif then
 * says which it may be). To load all takes a quarter of a second.
 */
const loadCommands = async (argv: readonly string[]): Promise<Record<string, Command.Class>> => {
  const named = argv[0] ?? ''
  const isForOne = Object.hasOwn(commandTable, named) && (named === 'heroku' || !asksForHelp(argv))
  const ids = isForOne ? [named] : Object.keys(commandTable)
  const classes = await Promise.all(ids.map(async (id) => [id, await commandTable[id]?.()]))
  return Object.fromEntries(classes)
}

const asksForHelp = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--help')
}

/** Read by oclif: see `oclif.commands` in package.json. */
export const commands = await loadCommands(process.argv.slice(2))
