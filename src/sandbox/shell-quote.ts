/** A word for a POSIX shell, taken as it is. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
