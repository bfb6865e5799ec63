import { Readable } from 'node:stream'
import type { Call } from './route.ts'

/** So that neither the client nor a proxy between takes a silent stream for a dead one; Heroku's clients drop it. */
const SIGN_OF_LIFE = '\0'
const SILENCE_MS = 20_000

/**
 * Answers with text as it comes, until it ends.
 * @param follow is told when nobody listens any more
 * @param until ends it earlier
 */
export const streamText = (
  { reply }: Pick<Call<unknown, unknown, unknown>, 'reply'>,
  follow: (signal: AbortSignal) => AsyncGenerator<string>,
  until: (gone: AbortSignal) => AbortSignal,
): Readable => {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  void reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store')
  const signal = until(gone.signal)
  const text = withSignsOfLife(follow(signal), signal)
  return Readable.from(text, { highWaterMark: 1 })
}

async function* withSignsOfLife(
  text: AsyncGenerator<string>,
  gone: AbortSignal,
): AsyncGenerator<string> {
  let next = text.next()
  try {
    while (!gone.aborted) {
      const came = await orSilence(next)
      if (came?.done) return
      if (came) next = text.next()
      const some = came ? came.value : SIGN_OF_LIFE
      if (some !== '') yield some
    }
  } catch (error) {
    if (!gone.aborted) throw error
  }
}

const orSilence = async <T>(next: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), SILENCE_MS)
  })
  try {
    return await Promise.race([next, silence])
  } finally {
    clearTimeout(timer)
  }
}
