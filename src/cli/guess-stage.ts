export const STAGES = ['review', 'development', 'staging', 'production']

const SUFFIXES: [RegExp, string][] = [
  [/-(dev|development|uat|tst|test|qa)$/, 'development'],
  [/-(stg|staging)$/, 'staging'],
  [/-(prd|prod|production|admin|demo)$/, 'production'],
]

/** What an app's name says of its pipeline and stage: `shop-staging` is the staging of `shop`. Heroku's suffixes. */
export const guessOf = (app: string): { pipeline: string; stage: string } => {
  const found = SUFFIXES.find(([suffix]) => suffix.test(app))
  return found
    ? { pipeline: app.replace(found[0], ''), stage: found[1] }
    : { pipeline: app, stage: 'production' }
}
