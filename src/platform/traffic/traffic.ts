/** How the routers serve an app, beyond what Heroku has words for. */
export type Traffic = {
  httpsOnly: boolean
  /** Requests at once; null: the platform's limit. */
  requestLimit: number | null
  /** How long a dyno that is replaced may take to answer what it has; null: the platform's limit. */
  drainLimitMs: number | null
  /** The app is closed to the public: who comes in by password. */
  authUser: string | null
}

export const USUAL: Traffic = {
  httpsOnly: false,
  requestLimit: null,
  drainLimitMs: null,
  authUser: null,
}
