const TEXT = Symbol('html')

/** Text that is HTML already. Only `html` makes it, so whatever came from elsewhere has been escaped. */
export type Html = { readonly [TEXT]: string }

type Part = string | number | Html | readonly Html[] | false | null | undefined

/** A template whose parts are escaped, for text between tags and inside double-quoted attributes. */
export const html = (fixed: TemplateStringsArray, ...parts: Part[]): Html => ({
  [TEXT]: fixed.map((text, index) => text + textOf(parts[index])).join(''),
})

export const textOfHtml = (one: Html): string => one[TEXT]

const textOf = (part: Part): string => {
  if (part === false || part === null || part === undefined) return ''
  if (typeof part === 'object') return TEXT in part ? part[TEXT] : part.map(textOfHtml).join('')
  return String(part).replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}
