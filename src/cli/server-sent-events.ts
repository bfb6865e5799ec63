/** The lines of a stream of server-sent events, as `logs` reads it. Comments and ids are passed over. */
export async function* readEvents(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines)
      if (line.startsWith('data:')) yield line.slice(5).replace(/^ /, '').replace(/\r$/, '')
  }
}
