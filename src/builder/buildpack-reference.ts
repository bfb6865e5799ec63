import { BuildRejection } from './build-rejection.ts'

export const BUILT_IN = ['nodejs', 'python'] as const
export type BuiltInName = (typeof BUILT_IN)[number]

/** Where a buildpack comes from. */
export type BuildpackReference =
  | { kind: 'built-in'; name: BuiltInName }
  | { kind: 'git'; repository: string; ref: string | undefined }
  | { kind: 'tarball'; url: string }

const findBuiltIn = (url: string): BuiltInName | undefined =>
  BUILT_IN.find((name) => url.replace(/^urn:buildpack:/, '') === `heroku/${name}`)

const REMOTE = /^(?:https?|git):\/\/[^/]/
const LOCAL = /^file:\/\/\/[^/]/
const UNSAFE = /[\s\\"'`<>{}|^]|[^\x21-\x7e]/
/** A branch, tag or commit; never what git would take for an option. */
const REF = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]*$/

/** @throws BuildRejection if the URL names no buildpack that may be used */
export const parseBuildpackUrl = (
  url: string,
  { fileUrlsAllowed }: { fileUrlsAllowed: boolean },
): BuildpackReference => {
  const name = findBuiltIn(url)
  if (name) return { kind: 'built-in', name }
  const isFetchable = REMOTE.test(url) || (fileUrlsAllowed && LOCAL.test(url))
  if (!isFetchable || UNSAFE.test(url) || !URL.canParse(url))
    throw new BuildRejection(`${buildpackLabel(url)} is no buildpack that can be used here.`)
  const [address, ref] = splitRef(url)
  if (ref !== undefined && !REF.test(ref))
    throw new BuildRejection(`${buildpackLabel(url)} names no branch, tag or commit after its #.`)
  return /\.(tgz|tar\.gz)$/.test(new URL(address).pathname)
    ? { kind: 'tarball', url: address }
    : { kind: 'git', repository: address, ref }
}

const splitRef = (url: string): [string, string | undefined] => {
  const at = url.indexOf('#')
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)]
}

/** As output and records name it: without passwords, and harmless to a terminal. */
export const buildpackLabel = (url: string): string =>
  url
    .replace(/^urn:buildpack:/, '')
    .replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')
    .replace(/\p{C}/gu, '?')
    .slice(0, 200)
