/** The pages of an app, in their order. */
export const APP_TABS = [
  ['/apps/$app', 'Overview'],
  ['/apps/$app/activity', 'Activity'],
  ['/apps/$app/releases', 'Releases'],
  ['/apps/$app/builds', 'Builds'],
  ['/apps/$app/deploy', 'Deploy'],
  ['/apps/$app/logs', 'Logs'],
  ['/apps/$app/metrics', 'Metrics'],
  ['/apps/$app/run', 'Run'],
  ['/apps/$app/resources', 'Resources'],
  ['/apps/$app/access', 'Access'],
  ['/apps/$app/settings', 'Settings'],
] as const
