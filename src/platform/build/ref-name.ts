const LONGEST_REF = 250
/** What `git check-ref-format` refuses, and what a program might take for an option. */
const BAD_IN_REF =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[/.]$|\/-|^refs\/(?:heads|tags)\/@$/

/** True of the whole name of a branch or a tag, and of nothing that git would read as anything else. */
export const isRefName = (ref: string): boolean =>
  /^refs\/(?:heads|tags)\/./.test(ref) && ref.length <= LONGEST_REF && !BAD_IN_REF.test(ref)

/** As it may be printed. */
export const shownRef = (ref: string): string =>
  ref
    .replace(/^refs\/(?:heads|tags)\//, '')
    .replace(/\p{C}/gu, '?')
    .slice(0, 100)
