const YEAR_SECONDS = 31_536_000

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

export const isDark = (): boolean =>
  (document.documentElement.dataset['theme'] ?? (systemIsDark() ? 'dark' : 'light')) === 'dark'

/** By a cookie, which says to the server how to send the next page: this one, or the one to sign in. */
export const switchTheme = (): void => {
  const theme = isDark() ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = theme
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
