import { parseArgs } from 'node:util'

type Options = { each?: number | undefined }

/** Each benchmark prints its figures beside its goal or beside a peer that is run in the same run. */
const BENCHES: Record<string, (options: Options) => Promise<void>> = {
  platform: async () => (await import('./benchmarks/platform.ts')).benchPlatform(),
  promotion: async () => (await import('./benchmarks/promotion.ts')).benchPromotion(),
  plan: async () => (await import('./benchmarks/plan.ts')).benchPlan(),
  'many-targets': async () => (await import('./benchmarks/many-targets.ts')).benchManyTargets(),
  'baked-in': async () => (await import('./benchmarks/baked-in.ts')).benchBakedIn(),
  push: async () => (await import('./benchmarks/push.ts')).benchPush(),
  logs: async () => (await import('./benchmarks/log-store.ts')).benchLogStore(),
  web: async () => (await import('./benchmarks/web.ts')).benchWeb(),
  deploy: async (options) => (await import('./benchmarks/deploy.ts')).benchDeploy(options),
  router: async () => (await import('./benchmarks/router.ts')).benchRouter(),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { each: { type: 'string' }, help: { type: 'boolean' } },
})
const options: Options = { each: values.each === undefined ? undefined : Number(values.each) }
const isUnknown = positionals.some((name) => !(name in BENCHES)) || !((options.each ?? 1) >= 1)
if (values.help || isUnknown) {
  console.log(
    `Usage: script/bench [--each NUMBER] [${Object.keys(BENCHES).join('|')}]...

All of them without a name. They take minutes; a quiet machine gives better figures.

  --each NUMBER   deploy: how many changes of each kind, 20 unless given`,
  )
  process.exitCode = values.help ? 0 : 2
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    console.log(`\n=== ${name}`)
    await BENCHES[name]?.(options)
  }
}
