import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkInvariants, type Allowance } from './faults/invariants.ts'
import type { Observation } from './faults/observe.ts'
import type { Change, Record, Visit } from './faults/workload.ts'

/** The checker of the fault tests: a record in which all is well, and each way in which it might not be. */
const aVisit = (at: number, given: Partial<Visit> = {}): Visit => ({
  app: 'fast',
  at,
  endedAt: at + 5,
  status: 200,
  answeredBy: 'fast',
  round: 'one',
  ...given,
})

const aChange = (given: Partial<Change>): Change => ({
  kind: 'config',
  app: 'fast',
  wanted: 'one',
  began: 1_000,
  ended: 1_010,
  acknowledged: true,
  status: 200,
  ...given,
})

const aGoodEnd = (): { seen: Observation; record: Record } => ({
  seen: {
    apps: {
      fast: {
        releases: [
          { version: 2, status: 'succeeded', current: true, slug: { id: 's2' } },
          { version: 1, status: 'failed', current: false, slug: { id: 's1' } },
        ],
        builds: [],
      },
      'fast-staging': {
        releases: [{ version: 1, status: 'succeeded', current: true, slug: { id: 's2' } }],
        builds: [{ status: 'succeeded', commit: 'c0ffee' }],
      },
    },
    config: { ROUND: 'one' },
    webQuantity: 2,
    page: '{"app": "fast", "page": "page 1", "round": "one"}',
    promotions: { p1: 'completed' },
    damaged: [],
    releasePhases: ['release.1', 'release.2'],
    wantedDynos: ['a', 'b'],
    runningDynos: ['b', 'a'],
    logs: { fast: [1, 2, 3].map((n) => `2026-11-28T00:00:00Z app[web.1]: tick 00c0ffee ${n}`) },
    canaries: [],
    events: [
      { app: 'fast', resource: 'config-var', actor: 'ada@example.com', at: 1_005 },
      { app: 'fast', resource: 'release', actor: 'ada@example.com', at: 1_005 },
      { app: 'fast', resource: 'dyno', actor: 'ada@example.com', at: 1_005 },
      { app: 'fast-staging', resource: 'build', actor: 'ada@example.com', at: 1_005 },
    ],
  },
  record: {
    visits: [aVisit(1_000, { round: 'before' }), aVisit(1_100)],
    stalls: [{ at: 1_075, ms: 1 }],
    changes: [
      aChange({}),
      aChange({ kind: 'scale', wanted: '2' }),
      aChange({ kind: 'restart', wanted: 'all' }),
      aChange({ kind: 'promote', wanted: 'p1' }),
      aChange({ kind: 'push', app: 'fast-staging', wanted: 'c0ffee' }),
    ],
    faultAt: 1_050,
  },
})

test('where all is well nothing is said', () => {
  const { seen, record } = aGoodEnd()
  assert.deepEqual(checkInvariants(seen, record), [])
})

type Plant = {
  what: string
  says: RegExp
  plant: (end: ReturnType<typeof aGoodEnd>) => void
  allowance?: Allowance
}

test('a change is not lost whose release says that its release phase was, and is if the release says something else', () => {
  const lost = (reason: string): string[] => {
    const { seen, record } = aGoodEnd()
    seen.page = '"round": "zero"'
    const [served] = seen.apps['fast']?.releases ?? []
    assert.ok(served)
    const failed = { ...served, version: served.version + 1, status: 'failed', current: false }
    seen.apps['fast']?.releases.unshift({ ...failed, failure_reason: reason })
    return checkInvariants(seen, record).filter((problem) => problem.startsWith('I1'))
  }
  assert.deepEqual(lost('It was lost when the machine or its engine went down.'), [])
  assert.equal(lost('release command failed with exit status 1').length, 1)
})

const PLANTED: Plant[] = [
  {
    what: 'an acknowledged config var is lost',
    says: /^I1: ROUND is zero, acknowledged last was one/,
    plant: ({ seen }) => {
      seen.config = { ROUND: 'zero' }
      seen.page = '"round": "zero"'
    },
  },
  {
    what: 'an acknowledged config var is not served',
    says: /^I1: ROUND is one, but what is served is/,
    plant: ({ seen }) => (seen.page = '"round": "zero"'),
  },
  {
    what: 'an acknowledged scale is lost',
    says: /^I1: web is scaled to 1, acknowledged last was 2/,
    plant: ({ seen }) => (seen.webQuantity = 1),
  },
  {
    what: 'an acknowledged promotion is not there',
    says: /^I1: the promotion p1 is not there/,
    plant: ({ seen }) => (seen.promotions = { p1: undefined }),
  },
  {
    what: 'an acknowledged push is not there',
    says: /^I1: the push of c0ffee is not there/,
    plant: ({ seen }) => seen.apps['fast-staging']?.builds.pop(),
  },
  {
    what: 'two releases are current',
    says: /^I2: fast has 2 current releases/,
    plant: ({ seen }) =>
      seen.apps['fast']?.releases.splice(1, 1, {
        version: 1,
        status: 'succeeded',
        current: true,
        slug: null,
      }),
  },
  {
    what: 'no release is current any more',
    says: /^I2: fast has 0 current releases/,
    plant: ({ seen }) =>
      seen.apps['fast']?.releases.splice(0, 1, {
        version: 2,
        status: 'succeeded',
        current: false,
        slug: null,
      }),
  },
  {
    what: 'a version is left out',
    says: /^I2: versions of fast have gaps or come twice/,
    plant: ({ seen }) =>
      seen.apps['fast']?.releases.unshift({
        version: 4,
        status: 'failed',
        current: false,
        slug: null,
      }),
  },
  {
    what: 'another app answers',
    says: /^I3: 1 visits were answered by another app/,
    plant: ({ record }) => record.visits.push(aVisit(1_200, { answeredBy: 'slow' })),
  },
  {
    what: 'an older release answers after a newer one',
    says: /^I3: 1 visits were answered by an older release/,
    plant: ({ record }) => record.visits.push(aVisit(1_200, { round: 'before' })),
  },
  {
    what: 'a failed release is the current one',
    says: /^I4: the current release of fast has failed/,
    plant: ({ seen }) =>
      seen.apps['fast']?.releases.splice(0, 1, {
        version: 2,
        status: 'failed',
        current: true,
        slug: null,
      }),
  },
  {
    what: 'a release stays pending',
    says: /^I5: still pending: v3 of fast/,
    plant: ({ seen }) =>
      seen.apps['fast']?.releases.unshift({
        version: 3,
        status: 'pending',
        current: false,
        slug: null,
      }),
  },
  {
    what: 'a build stays pending',
    says: /^I5: still pending: a build of fast-staging/,
    plant: ({ seen }) =>
      seen.apps['fast-staging']?.builds.push({ status: 'pending', commit: 'cafe' }),
  },
  {
    what: 'a promotion stays pending',
    says: /^I5: still pending: promotion p1/,
    plant: ({ seen }) => (seen.promotions = { p1: 'pending' }),
  },
  {
    what: 'a release phase runs twice',
    says: /^I6: the release phase of release\.2 ran twice/,
    plant: ({ seen }) => seen.releasePhases.push('release.2'),
  },
  {
    what: 'a visit fails',
    says: /^I7: 1 of 3 visits failed: .* fast 503/,
    plant: ({ record }) => record.visits.push(aVisit(1_200, { status: 503 })),
  },
  {
    what: 'a connection is refused, though some visits may fail',
    says: /^I7: 1 connections were refused/,
    plant: ({ record }) =>
      record.visits.push(aVisit(1_200, { status: 0, error: 'connect ECONNREFUSED' })),
    allowance: { failedVisits: 1 },
  },
  {
    what: 'a dyno is missing',
    says: /^I8: 1 missing, 0 too many of 2/,
    plant: ({ seen }) => seen.runningDynos.pop(),
  },
  {
    what: 'a dyno runs twice',
    says: /^I8: 0 missing, 1 too many of 2/,
    plant: ({ seen }) => seen.runningDynos.push('a'),
  },
  {
    what: 'a dyno is left over',
    says: /^I8: 0 missing, 1 too many of 2/,
    plant: ({ seen }) => seen.runningDynos.push('c'),
  },
  {
    what: 'a slug is damaged',
    says: /^I9: a current release has a slug that is not whole: fast: spoilt/,
    plant: ({ seen }) => seen.damaged.push('fast: spoilt'),
  },
  {
    what: 'a visit fails of an app whose visits may not',
    says: /^I10: 1 visits of other apps than flooding failed/,
    plant: ({ record }) => record.visits.push(aVisit(1_200, { status: 503 })),
    allowance: { failedVisits: 5, of: 'flooding' },
  },
  {
    what: 'visits of other apps take long',
    says: /^I10: visits of other apps took 9000 ms \(p99\), before 5 ms/,
    plant: ({ record }) => record.visits.push(aVisit(1_200, { endedAt: 10_200 })),
    allowance: { of: 'flooding' },
  },
  {
    what: 'a line is missing',
    says: /^I11: 1 lines of fast are missing, and nothing says so/,
    plant: ({ seen }) => seen.logs['fast']?.splice(1, 1),
  },
  {
    what: 'a secret stands in a log',
    says: /^I12: a secret stands in api\.log/,
    plant: ({ seen }) => seen.canaries.push('api.log'),
  },
  {
    what: 'a change has no event',
    says: /^I13: 1 changes \(config\), 0 events/,
    plant: ({ seen }) => seen.events.shift(),
  },
  {
    what: 'the only event is of an earlier change',
    says: /^I13: 1 changes \(config\), 0 events/,
    plant: ({ seen }) =>
      seen.events.splice(0, 1, { app: 'fast', resource: 'config-var', actor: 'ada', at: 400 }),
  },
  {
    what: 'an event is nobody’s',
    says: /^I13: 1 events have no actor/,
    plant: ({ seen }) => seen.events.push({ app: 'fast', resource: 'release', actor: '', at: 0 }),
  },
]

for (const { what, says, plant, allowance } of PLANTED)
  test(`it is told when ${what}`, () => {
    const end = aGoodEnd()
    plant(end)
    const told = checkInvariants(end.seen, end.record, allowance)
    assert.equal(told.length, 1, told.join('\n'))
    assert.match(told[0] ?? '', says)
  })

test('visits that take long while the harness too has no processor are the machine’s affair', () => {
  const { seen, record } = aGoodEnd()
  record.visits.push(aVisit(1_200, { endedAt: 10_200 }))
  record.stalls.push({ at: 1_200, ms: 2_500 })
  assert.deepEqual(checkInvariants(seen, record, { of: 'flooding' }), [])
})

test('a gap in the log that the log itself tells of is none', () => {
  const { seen, record } = aGoodEnd()
  seen.logs['fast']?.splice(1, 1, 'heroku[logplex]: Error L10 (output buffer overflow): 1 message')
  assert.deepEqual(checkInvariants(seen, record), [])
})
