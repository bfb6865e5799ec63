import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Octets that two readers may take for different messages, and what is to come of them. */
export type SmugglingCase = {
  /** Its folder and first line. */
  name: string
  /** In latin1. */
  says: string
  /** What each of the lines behind the first one says of the outcome, in their order: `app reads`, `answer`; `client reads`, `code`. */
  expected: { what: string; is: string }[]
}

/**
 * One file each: its name in the first line, then the outcome, an empty line, and the octets. Line ends of the file
 * do not count. `\r`, `\n`, `\t`, `\\` and `\x7f` stand for one octet, `\{20 X: a\r\n}` for as many times the same.
 */
export const readCases = async (dir: string): Promise<SmugglingCase[]> => {
  const names = await readdir(dir, { recursive: true })
  const files = names.filter((name) => name.endsWith('.http')).sort()
  return Promise.all(
    files.map(async (file) => parseCase(await readFile(join(dir, file), 'utf8'), file)),
  )
}

const parseCase = (text: string, file: string): SmugglingCase => {
  const at = text.indexOf('\n\n')
  const [title = '', ...lines] = text.slice(0, at).split('\n')
  if (at === -1 || lines.length === 0) throw new Error(`${file} does not say what is expected.`)
  return {
    name: [basename(dirname(file)), title].filter((part) => part !== '.').join(': '),
    says: octetsOf(text.slice(at + 2).replaceAll('\n', '')),
    expected: lines.map((line) => {
      const [what = '', is = ''] = line.split(/: ?(.*)/s)
      return { what, is: octetsOf(is) }
    }),
  }
}

const octetsOf = (text: string): string => withoutEscapes(repeated(text))

/** The innermost are written out first. */
const repeated = (text: string): string => {
  const out = text.replaceAll(/\\\{(\d+) ([^{}]*)\}/g, (_, times, part) =>
    String(part).repeat(Number(times)),
  )
  return out === text ? out : repeated(out)
}

const withoutEscapes = (text: string): string =>
  text.replaceAll(/\\(?:x([0-9a-f]{2})|(.))/g, (_, code, letter) =>
    code === undefined
      ? (LETTERS[String(letter)] ?? '')
      : String.fromCharCode(Number.parseInt(String(code), 16)),
  )

const LETTERS: Record<string, string> = { r: '\r', n: '\n', t: '\t', '\\': '\\' }
