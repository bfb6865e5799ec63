import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { pack, type Header } from 'tar-stream'

export type TarItem = Pick<Header, 'name'> & Partial<Header> & { text?: string }

export const aTar = (items: TarItem[]): Readable => {
  const tar = pack()
  for (const { text, ...header } of items) tar.entry(header, text ?? '')
  tar.finalize()
  return Readable.from(tar)
}

/** Files by name, as a client packs them. */
export const aTarball = async (files: Record<string, string>): Promise<Buffer> => {
  const items = Object.entries(files).map(([name, text]) => ({ name, text }))
  return gzipSync(Buffer.concat(await aTar(items).toArray()))
}
