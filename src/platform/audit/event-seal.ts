import { sha256 } from '#/foundation/ids.ts'

/** An hour of events, closed for good. Each names the hash of the one before. */
export type Seal = {
  hour: Date
  count: number
  firstId: number
  lastId: number
  /** Of each event, by id; null once retention has dropped them. */
  rowHashes: Buffer | null
  rowsHash: Buffer
  previousHash: Buffer
  hash: Buffer
}

export type HashedEvent = { id: number; hash: Buffer }

const ID_BYTES = 8
const ENTRY_BYTES = ID_BYTES + 32
/** What the first seal names as the one before. */
export const NO_SEAL = Buffer.alloc(32)

export const packRowHashes = (events: HashedEvent[]): Buffer => {
  const packed = Buffer.alloc(events.length * ENTRY_BYTES)
  for (const [index, { id, hash }] of events.entries()) {
    packed.writeBigUInt64BE(BigInt(id), index * ENTRY_BYTES)
    hash.copy(packed, index * ENTRY_BYTES + ID_BYTES)
  }
  return packed
}

export function* unpackRowHashes(packed: Buffer): Generator<HashedEvent> {
  for (let at = 0; at + ENTRY_BYTES <= packed.length; at += ENTRY_BYTES)
    yield {
      id: Number(packed.readBigUInt64BE(at)),
      hash: packed.subarray(at + ID_BYTES, at + ENTRY_BYTES),
    }
}

export const makeSeal = (hour: Date, previousHash: Buffer, rowHashes: Buffer): Seal => {
  const count = rowHashes.length / ENTRY_BYTES
  const seal = {
    hour,
    count,
    firstId: Number(rowHashes.readBigUInt64BE(0)),
    lastId: Number(rowHashes.readBigUInt64BE(rowHashes.length - ENTRY_BYTES)),
    rowHashes,
    rowsHash: sha256(rowHashes),
    previousHash,
  }
  return { ...seal, hash: hashOfSeal(seal) }
}

/** Over everything that the seal says, and so over all before it. */
export const hashOfSeal = (seal: Omit<Seal, 'hash' | 'rowHashes'>): Buffer => {
  const says = [seal.hour.toISOString(), seal.count, seal.firstId, seal.lastId].join('|')
  return sha256(Buffer.concat([seal.previousHash, Buffer.from(`${says}|`), seal.rowsHash]))
}
