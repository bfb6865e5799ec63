import { existsSync } from 'node:fs'
import { run } from '#/foundation/exec.ts'

/** The bubblewrap of this machine, and which of the newer options it knows. */
export type Bwrap = { path: string; knowsDisableUserns: boolean; knowsSize: boolean }

const PLACES = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap']

let known: Bwrap | undefined

/** Throws if there is none. Ubuntu 22.04 has 0.6.1, without the two options; seccomp and cgroups do the same. */
export const findBwrap = async (): Promise<Bwrap> => {
  known ??= await examine(bwrapPath())
  return known
}

export const bwrapPath = (): string => {
  const path = PLACES.find((place) => existsSync(place))
  if (!path)
    throw new Error('bubblewrap is not installed. On Debian or Ubuntu: apt-get install bubblewrap')
  return path
}

const examine = async (path: string): Promise<Bwrap> => {
  const { stdout, stderr } = await run(path, ['--help'])
  const help = stdout + stderr
  return {
    path,
    knowsDisableUserns: help.includes('--disable-userns'),
    knowsSize: help.includes('--size'),
  }
}
