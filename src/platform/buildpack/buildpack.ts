import { invalidParams } from '#/foundation/errors.ts'

/** A buildpack that an app is built with, in their order. */
export type BuildpackInstallation = {
  /** From 0. */
  ordinal: number
  /** `urn:buildpack:heroku/nodejs` of a built-in one, else where it is fetched from: a `.tgz`, or a git repository with `#ref`. */
  url: string
}

export type BuiltInBuildpack = { namespace: string; name: string; description: string }

export const BUILT_IN: readonly BuiltInBuildpack[] = [
  { namespace: 'heroku', name: 'nodejs', description: 'Node.js apps with a package.json' },
  { namespace: 'heroku', name: 'python', description: 'Python apps with a requirements.txt' },
]

export const slugOf = ({ namespace, name }: BuiltInBuildpack): string => `${namespace}/${name}`

export const findBuiltIn = (slug: string): BuiltInBuildpack | undefined =>
  BUILT_IN.find((buildpack) => slugOf(buildpack) === slug.toLowerCase())

const URN = 'urn:buildpack:'
export const urnOf = (buildpack: BuiltInBuildpack): string => `${URN}${slugOf(buildpack)}`

/** What people call it: `heroku/nodejs`, or its URL. */
export const nameOf = ({ url }: Pick<BuildpackInstallation, 'url'>): string =>
  url.startsWith(URN) ? url.slice(URN.length) : url

/** As `nameOf`, without what may be secret in a URL. */
export const publicNameOf = (installation: Pick<BuildpackInstallation, 'url'>): string =>
  nameOf(installation).replace(/^([a-z]+:\/\/)[^/@]*@/, '$1')

export type UrlRules = { fileUrlsAllowed: boolean }

const SLUG = /^[a-z0-9][a-z0-9_-]*\/[a-z0-9][a-z0-9_-]*$/i
/** Where Heroku keeps the buildpacks of its registry. */
const REGISTRY =
  /^https:\/\/(?:buildpack-registry|codon-buildpacks)\.s3\.amazonaws\.com\/buildpacks\/([\w-]+\/[\w-]+)\.tgz$/

/** How a buildpack is kept, from how people and programs name it. @throws 422 in words */
export const buildpackUrl = (text: string, rules: UrlRules): string => {
  const slug = text.startsWith(URN) ? text.slice(URN.length) : REGISTRY.exec(text)?.[1]
  const builtIn = findBuiltIn(slug ?? text)
  if (builtIn) return urnOf(builtIn)
  if (text.startsWith(URN) || SLUG.test(text)) throw unknownError(slug ?? text)
  assertFetchable(text, rules)
  return text
}

export const unknownError = (slug: string | undefined): Error =>
  invalidParams(
    `${slug === undefined ? 'That buildpack' : `${slug.slice(0, 100)}`} is not in this platform's registry, which has ${BUILT_IN.map(slugOf).join(' and ')}. Others are named by the URL of a git repository or a .tgz file.`,
  )

const LONGEST_URL = 2000
const REMOTE = /^(?:https?|git):\/\/[^/]/
const LOCAL = /^file:\/\/\/[^/]/
/** Characters that end a URL, or mean something to a shell or to git, before or after it is decoded. */
const UNSAFE = /[\s\\"'`<>{}|^]|%(?:00|0a|0d)|[^\x21-\x7e]/i
const REF = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]*$/

const assertFetchable = (text: string, { fileUrlsAllowed }: UrlRules): void => {
  const isSpelledWell = REMOTE.test(text) || (fileUrlsAllowed && LOCAL.test(text))
  const url = isSpelledWell && isHarmless(text) ? URL.parse(text) : null
  if (!url)
    throw invalidParams(
      'A buildpack is named by its registry name, such as heroku/nodejs, or by an https, http or git URL of a git repository (with #branch, #tag or #commit) or of a .tgz file.',
    )
  if (url.protocol !== 'file:' && !/^[a-z0-9[]/i.test(url.hostname))
    throw invalidParams(`There is no host in the buildpack URL ${text.slice(0, 100)}.`)
  if (url.hash && !REF.test(url.hash.slice(1)))
    throw invalidParams('What follows # in a buildpack URL must be a branch, tag or commit.')
}

const isHarmless = (text: string): boolean => text.length <= LONGEST_URL && !UNSAFE.test(text)
