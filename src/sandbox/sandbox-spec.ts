import { userInfo } from 'node:os'
import { config } from '#/foundation/config.ts'

/** A folder or file of the host, and where it is inside. */
export type Mount = { host: string; inside: string }

/** Names of folders in a folder, to be laid over one another. */
export type Layers = { folder: string; layers: string[] }

/** What runs in a sandbox and what it may see and use. Everything that is not named here is not there. */
export type SandboxSpec = {
  /** A program inside and its arguments. */
  command: [string, ...string[]]
  env: Record<string, string>
  chdir: string
  hostname: string
  writable: Mount[]
  readOnly: Mount[]
  /**
   * The layers in `folder` are seen at `inside`, the uppermost first, and never written to; what is written there goes
   * away with the sandbox.
   */
  overlay?: Layers & { inside: string }
  tmpSizeBytes: number
  /** Of all its processes together, where the machine offers cgroups; null: no limit. */
  memoryBytes: number | null
  pids: number | null
  /** Its share of the processors where they are short; 1 unless said, as a build has. */
  cpuWeight?: number
  /** Of one file; null: no limit. */
  fileSizeBytes: number | null
}

export const isRoot = (): boolean => userInfo().uid === 0

/**
 * Who the processes of a sandbox are on the host: never root. Root's platform gives them a uid that nobody else has
 * and that owns what they may write; an ordinary user's are that user.
 */
export const sandboxUid = (): number => (isRoot() ? config.sandboxUid : userInfo().uid)

/** Who they are inside. Only a user namespace can show another uid than the host's. */
export const insideUid = (): number => (isRoot() ? sandboxUid() : 1000)
