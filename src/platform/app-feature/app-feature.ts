/** What can be turned on and off for an app, in Heroku's names. */
export const APP_FEATURES = {
  'http-session-affinity':
    'A client goes on with the web dyno that answered it first, as long as that dyno is there.',
  'log-runtime-metrics':
    'Load and memory of each dyno are in the log of the app, every 20 seconds or so.',
} as const

export type AppFeatureName = keyof typeof APP_FEATURES

export const isAppFeature = (name: string): name is AppFeatureName =>
  Object.hasOwn(APP_FEATURES, name)

export type AppFeature = {
  appId: string
  name: AppFeatureName
  enabled: boolean
  createdAt: Date
  updatedAt: Date
}
