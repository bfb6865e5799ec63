import { parseArgs } from 'node:util'

type Options = { each?: number | undefined; minutes?: number | undefined }

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
  router: async ({ minutes }) =>
    minutes === undefined
      ? (await import('./benchmarks/router.ts')).benchRouter()
      : (await import('./benchmarks/router-memory.ts')).benchRouterMemory(minutes),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { each: { type: 'string' }, minutes: { type: 'string' }, help: { type: 'boolean' } },
})
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)
const options: Options = { each: numberOf(values.each), minutes: numberOf(values.minutes) }
const isUnknown =
  positionals.some((name) => !(name in BENCHES)) ||
  !((options.each ?? 1) >= 1 && (options.minutes ?? 1) > 0)
if (values.help || isUnknown) {
  console.log(
    `Usage: script/bench [--each NUMBER] [--minutes NUMBER] [${Object.keys(BENCHES).join('|')}]...

All of them without a name. They take minutes; a quiet machine gives better figures.

  --each NUMBER      deploy: how many changes of each kind, 20 unless given
  --minutes NUMBER   router: its memory over so many minutes under load, instead of its speed`,
  )
  process.exitCode = values.help ? 0 : 2
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    console.log(`\n=== ${name}`)
    await BENCHES[name]?.(options)
  }
}
