import { createContext, useContext } from 'react'
import type { App } from '#/web/data/types.ts'

export const AppContext = createContext<App | undefined>(undefined)

/** The app that the page is about. */
export const useApp = (): App => {
  const app = useContext(AppContext)
  if (!app) throw new Error('This is not a page of an app.')
  return app
}
