import { readFileSync } from 'node:fs'

/** `sluice/0.1.0 linux-x64 node-v24.21.0` */
export const versionLine = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return `sluice/${version} ${process.platform}-${process.arch} node-${process.version}`
}
