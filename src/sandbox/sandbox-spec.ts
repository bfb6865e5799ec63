import { config } from '#/foundation/config.ts'
import { userInfo } from 'node:os'

/** A folder or file of the host, and where it is inside. */
export type Mount = { host: string; inside: string }

/** What runs in a sandbox and what it may see and use. Everything that is not named here is not there. */
export type SandboxSpec = {
  /** A program inside and its arguments. */
  command: [string, ...string[]]
  env: Record<string, string>
  chdir: string
  hostname: string
  writable: Mount[]
  readOnly: Mount[]
  /** An overlay: the layers in `folder` are seen and never written, what is written goes into a layer above and away with it. */
  overlay?: { folder: string; layers: string[]; inside: string }
  tmpSizeBytes: number
  /** Of all its processes together, where the machine offers cgroups; null: no limit. */
  memoryBytes: number | null
  pids: number | null
  /** Of one file; null: no limit. */
  fileSizeBytes: number | null
}

/** Who the processes of a sandbox are inside. */
export const INSIDE_UID = 1000

/**
 * Who they are on the host: never root. Root's platform gives them a uid that nobody else has and that owns what
 * they may write; an ordinary user's are that user, in a user namespace.
 */
export const sandboxUid = (): number => (userInfo().uid === 0 ? config.sandboxUid : userInfo().uid)

export const isRoot = (): boolean => userInfo().uid === 0
