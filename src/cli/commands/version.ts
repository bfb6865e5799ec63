import { Command } from '@oclif/core'
import { versionLine } from '#/cli/version-line.ts'

export class Version extends Command {
  static override summary = 'print the version'
  static override examples = ['$ sluice version', '$ sluice --version']

  override async run(): Promise<void> {
    await this.parse(Version)
    this.log(versionLine())
  }
}
