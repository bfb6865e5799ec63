/** Each benchmark prints its figures beside its goal or beside a peer that is run in the same run. */
const BENCHES: Record<string, () => Promise<void>> = {
  platform: async () => (await import('./benchmarks/platform.ts')).benchPlatform(),
  promotion: async () => (await import('./benchmarks/promotion.ts')).benchPromotion(),
  plan: async () => (await import('./benchmarks/plan.ts')).benchPlan(),
  'many-targets': async () => (await import('./benchmarks/many-targets.ts')).benchManyTargets(),
  'baked-in': async () => (await import('./benchmarks/baked-in.ts')).benchBakedIn(),
  push: async () => (await import('./benchmarks/push.ts')).benchPush(),
  logs: async () => (await import('./benchmarks/log-store.ts')).benchLogStore(),
  web: async () => (await import('./benchmarks/web.ts')).benchWeb(),
  router: async () => (await import('./benchmarks/router.ts')).benchRouter(),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in BENCHES))
if (wanted.includes('--help') || unknown.length > 0) {
  console.log(
    `Usage: script/bench [${Object.keys(BENCHES).join('|')}]...\n\nAll of them without a name. They take minutes; a quiet machine gives better figures.`,
  )
  process.exitCode = wanted.includes('--help') ? 0 : 2
} else {
  for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
    console.log(`\n=== ${name}`)
    await BENCHES[name]?.()
  }
}
