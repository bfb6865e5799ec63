import { useEffect, useState } from 'react'

/** Another number whenever light becomes dark or back: for what is drawn in colours and does not follow by itself. */
export const useLook = (): number => {
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const change = (): void => setChanges((count) => count + 1)
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', change)
    const chosen = new MutationObserver(change)
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      system.removeEventListener('change', change)
      chosen.disconnect()
    }
  }, [])
  return changes
}
