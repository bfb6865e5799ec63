import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/**
 * A program that runs in a build's sandbox, where nothing else of the platform is: download.ts URL FILE LIMIT.
 * Ends with 1 and a sentence if it does not get the whole of it, or more than LIMIT bytes.
 */
const [url = '', file = '', limit = '0'] = process.argv.slice(2)

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const response = await fetch(url).catch((error: unknown) => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return fail(cause instanceof Error ? cause.message : 'It could not be fetched.')
})
if (!response.ok || !response.body) fail(`The server answered ${response.status}.`)

let bytes = 0
const count = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > Number(limit)) fail(`It has more than ${limit} bytes.`)
    yield chunk
  }
}
if (response.body) await pipeline(response.body, count, createWriteStream(file))
