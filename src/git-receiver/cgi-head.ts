export type CgiHead = { status: number; headers: Record<string, string>; rest: Buffer }

const LONGEST_HEAD = 16 * 1024

/**
 * The head of a CGI program's answer, once `bytes` hold all of it; `rest` is the begin of the body.
 * One that does not end is an answer of its own: the program does not speak CGI.
 */
export const parseCgiHead = (bytes: Buffer): CgiHead | undefined => {
  const end = /\r?\n\r?\n/.exec(bytes.subarray(0, LONGEST_HEAD).toString('latin1'))
  if (!end) {
    return bytes.length > LONGEST_HEAD
      ? { status: 500, headers: {}, rest: Buffer.alloc(0) }
      : undefined
  }
  const headers: Record<string, string> = {}
  let status = 200
  for (const line of bytes.subarray(0, end.index).toString('latin1').split(/\r?\n/)) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/s, 2)
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else headers[name.toLowerCase()] = value
  }
  return { status, headers, rest: bytes.subarray(end.index + end[0].length) }
}
