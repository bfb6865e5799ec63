import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Folders below which we may make groups; undefined: this machine does not offer us that controller. */
export type CgroupLayout = {
  version: 1 | 2
  cpu: string | undefined
  memory: string | undefined
  pids: string | undefined
}

export const NO_CONTROLLERS = { cpu: undefined, memory: undefined, pids: undefined }

export type CgroupPlace = {
  /** Where the hierarchies are mounted. */
  root: string
  /** The line `0::…` of /proc/self/cgroup: our own group of version 2. */
  ownGroup: string
  isRoot: boolean
}

const OURS = 'sluice'

/** Finds out by trying: makes our folder and switches its controllers on. */
export const findCgroupLayout = (place: CgroupPlace): CgroupLayout =>
  existsSync(join(place.root, 'cgroup.controllers')) ? version2(place) : version1(place)

const version1 = ({ root }: CgroupPlace): CgroupLayout => {
  const usable = (controller: string): string | undefined => {
    const dir = join(root, controller, OURS)
    // Without the first line this would make a plain folder where the controller is not mounted.
    return existsSync(join(root, controller, 'cgroup.procs')) &&
      isDone(() => mkdirSync(dir, { recursive: true })) &&
      isDone(() => accessSync(join(dir, 'cgroup.procs'), constants.W_OK))
      ? dir
      : undefined
  }
  return { version: 1, cpu: usable('cpu'), memory: usable('memory'), pids: usable('pids') }
}

const version2 = (place: CgroupPlace): CgroupLayout => {
  for (const parent of parentsToTry(place)) {
    const dir = join(parent, OURS)
    switchOn(parent)
    if (!isDone(() => mkdirSync(dir, { recursive: true }))) continue
    switchOn(dir)
    const controllers = wordsIn(join(dir, 'cgroup.subtree_control'))
    const usable = (name: string): string | undefined =>
      controllers.includes(name) ? dir : undefined
    if (controllers.includes('memory') || controllers.includes('pids'))
      return { version: 2, cpu: usable('cpu'), memory: usable('memory'), pids: usable('pids') }
  }
  return { version: 2, ...NO_CONTROLLERS }
}

/** Root may anywhere; a user where systemd has delegated a part of the tree: from the outermost such group down. */
const parentsToTry = ({ root, ownGroup, isRoot }: CgroupPlace): string[] => {
  if (isRoot) return [root]
  const ancestors: string[] = []
  for (let path = ownGroup; path !== '/' && path !== '.'; path = dirname(path))
    ancestors.unshift(join(root, path))
  return ancestors.filter((dir) =>
    isDone(() => accessSync(join(dir, 'cgroup.procs'), constants.W_OK)),
  )
}

/** One at a time, since one that is not there would make the kernel refuse the others too. */
const switchOn = (dir: string): void => {
  for (const controller of ['cpu', 'memory', 'pids'])
    isDone(() => writeFileSync(join(dir, 'cgroup.subtree_control'), `+${controller}`))
}

const wordsIn = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8').split(/\s+/)
  } catch {
    return []
  }
}

export const isDone = (work: () => void): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}
