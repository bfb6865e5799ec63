import { open } from 'node:fs/promises'
import { isAlive, type ProcessIdentity } from '#/foundation/process-identity.ts'

/** Who writes a segment. Two writers of one process differ by `writerId`. */
export type SegmentOwner = ProcessIdentity & { writerId: string }

/** The first line of each segment; no record starts with `#`. */
export const headerOf = ({ pid, startTime, writerId }: SegmentOwner): string =>
  `#sluice-log 1 ${pid} ${startTime} ${writerId}\n`

/** Undefined while the file is empty, and of a file that is not ours. */
export const readOwner = async (path: string): Promise<SegmentOwner | undefined> => {
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_LIMIT_BYTES), 0)
  const fields = HEADER.exec(buffer.toString('latin1', 0, bytesRead))
  if (!fields) return undefined
  const [, pid = '', startTime = '', writerId = ''] = fields
  return { pid: Number(pid), startTime, writerId }
}

/** True if somebody may still add to a segment of this owner. */
export const mayWrite = (owner: SegmentOwner | undefined): boolean =>
  owner === undefined || isAlive(owner)

const HEADER_LIMIT_BYTES = 128
const HEADER = /^#sluice-log 1 (\d{1,10}) (\d{1,20}) ([\w-]{1,64})\n/
