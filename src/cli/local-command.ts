import { resolve } from 'node:path'
import { Command } from '@oclif/core'
import { config } from '#/foundation/config.ts'

/** A command about the platform of this machine, which it reaches by its data directory. */
export abstract class LocalCommand extends Command {
  protected dataDirOf(flags: { 'data-dir'?: string | undefined }): string {
    return resolve(flags['data-dir'] ?? config.dataDir)
  }

  protected print(text: string): void {
    process.stdout.write(`${text}\n`)
  }

  protected printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2))
  }

  /** What is under way, on standard error: `Stopping... done`. */
  protected async progress<T>(what: string, work: Promise<T>): Promise<T> {
    process.stderr.write(`${what}... `)
    try {
      const result = await work
      process.stderr.write('done\n')
      return result
    } catch (error) {
      process.stderr.write('!\n')
      throw error
    }
  }
}
