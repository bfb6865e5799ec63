import { readdir } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { memoryOf } from '#/cli/process-memory.ts'
import { messageOf } from '#/foundation/errors.ts'
import { ask, converse, type Conversation } from '../support/router.ts'
import { until } from '../support/until.ts'
import type { FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { untilLogged, visit, withTheSameDynos } from './looks.ts'
import type { Random } from './random.ts'
import type { Scene } from './workload.ts'

const SILENCE_MS = 30_000
const IDLE_MS = 55_000
/** What a busy machine may add to either. */
const LATE_MS = 15_000

/** How long `odd` takes no connections, and a little less. */
const DEAF_MS = 4_000

const SLOW_CLIENTS = 30
const SLOW_LIMIT_MS = 120_000
const UPLOADS = 20_000
const UPLOADS_AT_ONCE = 50
/** Of the router: connections of visitors and to dynos come and go. */
const UNSTEADY_DESCRIPTORS = 12
const GROWTH_BYTES = 32 * 1024 * 1024

/** Answers of `odd` that do not come, or not whole, and clients that are slow or go away. */
export const REQUEST_FAULTS: Fault[] = [
  {
    id: 'F31',
    what: 'a dyno says nothing to some requests: each is H12 after 30 s, and sent once; the others are answered',
    load: 'visits',
    inject: withTheSameDynos(async ({ platform }) => {
      const path = marked('/silent')
      const asked = ['GET', 'GET', 'POST'].map((method) => askOdd(platform, path, method))
      const answers = await Promise.all(asked)
      return [
        ...answers.flatMap((answer) => wrongTime(answer, SILENCE_MS)),
        ...answers.flatMap((answer) => wrongStatus(answer, 503)),
        ...(await unlogged(platform, 'H12', path)),
        ...(await sentOften(platform, path, 1)),
      ]
    }),
  },
  {
    id: 'F32',
    what: 'a dyno falls silent in the middle of a body: cut after 55 s (H15), and never shown as whole',
    load: 'visits',
    inject: withTheSameDynos(async ({ platform }) => {
      const paths = [marked('/stall-chunked'), marked('/stall-counted')]
      const answers = await Promise.all(paths.map((path) => askOdd(platform, path)))
      const logged = await Promise.all(paths.map((path) => unlogged(platform, 'H15', path)))
      return [
        ...answers.flatMap((answer) => wrongTime(answer, IDLE_MS)),
        ...answers.flatMap((answer) => wrongStatus(answer, BROKEN_OFF)),
        ...logged.flat(),
      ]
    }),
  },
  {
    id: 'F33',
    isQuick: true,
    what: 'a dyno hangs up, breaks off, refuses (H13, H18, H21): what may not be sent twice is not',
    load: 'visits',
    allowance: { failedVisits: Infinity, of: 'odd' }, // while it refuses
    inject: withTheSameDynos(async ({ platform }) => {
      const problems: string[] = []
      for (const [what, code, status] of [
        ['/hang-up', 'H13', 503],
        ['/break-off', 'H18', BROKEN_OFF],
      ] as const) {
        const path = marked(what)
        await visit(platform, 'odd', '/') // the router now has a connection that rests
        problems.push(
          ...wrongStatus(await askOdd(platform, path, 'POST'), status),
          ...(await unlogged(platform, code, path)),
          ...(await sentOften(platform, path, 1)),
        )
      }
      return [...problems, ...(await refuse(platform))]
    }),
  },
  {
    id: 'F34',
    what: 'clients send head or body slowly, or do not read: each is given up, and no other notices',
    load: 'visits',
    allowance: { of: 'odd' },
    inject: withTheSameDynos(({ platform }) => beSlow(platform)),
  },
  {
    id: 'F35',
    what: `${UPLOADS} uploads are broken off: they leave no descriptor, no memory, and nothing for the dyno to do`,
    load: 'visits',
    allowance: { of: 'odd' },
    inject: withTheSameDynos((scene) => breakOffUploads(scene)),
  },
]

/** Status of an answer of which the end did not come. */
const BROKEN_OFF = 0

type OddAnswer = { path: string; status: number; said: string; tookMs: number }

const askOdd = async (
  { routerPort }: FaultPlatform,
  path: string,
  method = 'GET',
): Promise<OddAnswer> => {
  const began = performance.now()
  const body = method === 'POST' ? { body: 'x' } : {}
  const { status, said } = await ask(routerPort, 'odd.localhost', { path, method, ...body }).then(
    ({ status, body: said }) => ({ status, said }),
    (error: unknown) => ({ status: BROKEN_OFF, said: messageOf(error) }),
  )
  return { path, status, said, tookMs: Math.round(performance.now() - began) }
}

/** So that it is found again in logs. */
const marked = (path: string): string => `${path}?${Math.random().toString(36).slice(2)}`

const wrongStatus = ({ path, status, said }: OddAnswer, wanted: number): string[] =>
  status === wanted ? [] : [`${path} was answered ${status}: ${said.slice(0, 100)}`]

const wrongTime = ({ path, tookMs }: OddAnswer, limitMs: number): string[] =>
  tookMs >= limitMs - 1_000 && tookMs <= limitMs + LATE_MS
    ? []
    : [`${path} was given up after ${tookMs} ms`]

const unlogged = (platform: FaultPlatform, code: string, path: string): Promise<string[]> =>
  untilLogged(
    platform,
    'odd',
    new RegExp(`code=${code} .* path="${path.replace('?', String.raw`\?`)}"`),
  )

const sentOften = async (
  platform: FaultPlatform,
  path: string,
  times: number,
): Promise<string[]> => {
  const { posts } = await stateOf(platform)
  const seen = posts.filter((one) => one === path).length
  return seen === times ? [] : [`I3: ${path} came to the dyno ${seen} times`]
}

/** What `odd` says of itself: the POST requests that came to it, and how many threads it has. */
const stateOf = async (platform: FaultPlatform): Promise<{ posts: string[]; threads: number }> =>
  until(
    async () => {
      const { status, said } = await askOdd(platform, '/state')
      return status === 200 ? (JSON.parse(said) as { posts: string[]; threads: number }) : undefined
    },
    { limitMs: 30_000, everyMs: 200, what: 'a word of odd' },
  )

/** It takes no connections for some seconds. */
const refuse = async (platform: FaultPlatform): Promise<string[]> => {
  await visit(platform, 'odd', '/deaf')
  const path = marked('/')
  const asked: OddAnswer[] = []
  const deadline = performance.now() + DEAF_MS
  // The first that fail may have been taken by the kernel before it closed the port: those are H13.
  while (performance.now() < deadline) {
    asked.push(await askOdd(platform, path, 'POST'))
    await pause(50)
  }
  const answered = asked.filter(({ status }) => status === 200).length
  const logged = await unlogged(platform, 'H21', path)
  return [...logged, ...(await sentOften(platform, path, answered))]
}

const beSlow = async (platform: FaultPlatform): Promise<string[]> => {
  const router = (await platform.pids())['router'] ?? 0
  const before = await descriptorsOf(router)
  const memoryBefore = memoryOf(router) ?? 0
  const said = 'Host: odd.localhost\r\n'
  const path = marked('/slow')
  const large = marked('/large')
  const heads = await converseOften(platform, `GET ${path} HTTP/1.1\r\n${said}`)
  const bodies = await converseOften(
    platform,
    `POST ${path} HTTP/1.1\r\n${said}Content-Length: 100000\r\n\r\n`,
  )
  const readers = await converseOften(platform, `GET ${large} HTTP/1.1\r\n${said}\r\n`)
  for (const { socket } of readers) socket.pause()
  const dripping = setInterval(() => {
    for (const one of heads) if (!one.isOver()) one.say('X: a\r\n')
    for (const one of bodies) if (!one.isOver()) one.say('a')
  }, 200)
  try {
    const isOver = (all: Conversation[]): boolean => all.every((one) => one.isOver())
    await until(() => isOver([...heads, ...bodies]), {
      limitMs: SLOW_LIMIT_MS,
      everyMs: 100,
      what: 'the end of all slow clients',
    })
    const rude = [...heads, ...bodies].filter((one) => !one.heard().startsWith('HTTP/1.1 408 '))
    return [
      ...(rude.length > 0 ? [`${rude.length} slow clients were not told so`] : []),
      ...(await unlogged(platform, 'H28', path)),
      ...(await unlogged(platform, 'H28', large)),
      ...(await leftInRouter(router, before)),
      ...grown(router, memoryBefore),
    ]
  } finally {
    clearInterval(dripping)
    for (const { socket } of [...heads, ...bodies, ...readers]) socket.destroy()
  }
}

const converseOften = ({ routerPort }: FaultPlatform, says: string): Promise<Conversation[]> =>
  Promise.all(
    Array.from({ length: SLOW_CLIENTS }, async () => {
      const conversation = await converse(routerPort)
      conversation.say(says)
      return conversation
    }),
  )

/** The heap of the router grows with the first thousands of connections at once; after half of them it may no more. */
const breakOffUploads = async ({ platform, random }: Scene): Promise<string[]> => {
  const router = (await platform.pids())['router'] ?? 0
  const before = await descriptorsOf(router)
  const { threads } = await stateOf(platform)
  const path = marked('/upload')
  await breakOff(platform, { path, random, times: UPLOADS / 2 })
  const memoryBefore = memoryOf(router) ?? 0
  await breakOff(platform, { path, random, times: UPLOADS / 2 })
  const isIdle = async (): Promise<boolean> => (await stateOf(platform)).threads <= threads + 8
  const busy = await until(isIdle, { limitMs: 10_000, everyMs: 200 }).then(
    () => [],
    async () => [`the dyno has ${(await stateOf(platform)).threads} threads, had ${threads}`],
  )
  const { posts } = await stateOf(platform)
  return [
    ...(posts.includes(path) ? [] : ['no upload came as far as the dyno']),
    ...busy,
    ...(await leftInRouter(router, before)),
    ...grown(router, memoryBefore),
  ]
}

type BreakOff = { path: string; random: Random; times: number }

/** Each crowd comes when the one before has been taken: a flood of connections is another fault. */
const breakOff = async (
  platform: FaultPlatform,
  { path, random, times }: BreakOff,
): Promise<void> => {
  const head = `POST ${path} HTTP/1.1\r\nHost: odd.localhost\r\nContent-Length: 1000\r\n\r\n`
  const once = async (): Promise<void> => {
    using client = await converse(platform.routerPort)
    client.say(`${head}some`)
    await pause(random.whole(20))
  }
  for (let n = 0; n < times; n += UPLOADS_AT_ONCE) {
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, once))
    await visit(platform, 'odd', '/')
  }
}

const descriptorsOf = async (pid: number): Promise<number> =>
  (await readdir(`/proc/${pid}/fd`)).length

const leftInRouter = (pid: number, before: number): Promise<string[]> => {
  const isBack = async (): Promise<boolean> =>
    (await descriptorsOf(pid)) <= before + UNSTEADY_DESCRIPTORS
  return until(isBack, { limitMs: 30_000, everyMs: 200 }).then(
    () => [],
    async () => [`the router has ${await descriptorsOf(pid)} descriptors, had ${before}`],
  )
}

const grown = (pid: number, before: number): string[] => {
  const now = memoryOf(pid) ?? 0
  return now <= before + GROWTH_BYTES
    ? []
    : [`the router takes ${now} bytes of memory, took ${before}`]
}
