const KEY = 'theme'

type Theme = 'light' | 'dark'

const saved = (): Theme | undefined => {
  try {
    const text = localStorage.getItem(KEY)
    return text === 'light' || text === 'dark' ? text : undefined
  } catch {
    return undefined
  }
}

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

/** Before the first paint. */
export const applyTheme = (): void => {
  const theme = saved()
  if (theme) document.documentElement.dataset['theme'] = theme
}

export const isDark = (): boolean =>
  (document.documentElement.dataset['theme'] ?? (systemIsDark() ? 'dark' : 'light')) === 'dark'

export const switchTheme = (): void => {
  const theme = isDark() ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}
