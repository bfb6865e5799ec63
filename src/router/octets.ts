/** RFC 9110 5.6.2: what names of methods and headers are made of. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/
/** RFC 9110 5.5: visible characters, bytes above ASCII, space and tab. */
const VALUE = /[\t\x20-\x7e\x80-\xff]/

const table = (pattern: RegExp): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, octet) => (pattern.test(String.fromCharCode(octet)) ? 1 : 0))

/** 1 for each octet that may stand there. */
export const IS_TOKEN = table(TOKEN)
export const IS_VALUE = table(VALUE)
/** RFC 9112 3: of a request line. No tab, no control character, and no fragment. Bytes above ASCII pass as they came. */
export const IS_OF_LINE = table(/[ !"$-~\x80-\xff]/)

export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const COLON = 58
