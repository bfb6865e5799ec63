import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPlan, type PlanJson } from './format-plan.ts'

const finding = (
  level: 'blocking' | 'warning' | 'info',
  code: string,
  message: string,
  subject: string | null = null,
) => ({ level, code, message, subject, downtime: false })

const target: PlanJson['targets'][number] = {
  app: { name: 'shop' },
  release: { version: 17, commit: 'b'.repeat(40), digest: 'sha256:old' },
  same_digest: false,
  code: { ahead_by: 5, files_changed: 12, authors: 2 },
  config: { missing: ['STRIPE_KEY'], same: ['SENTRY_DSN', 'A'], extra: [], different: ['STAGE'] },
  release_command: 'python manage.py migrate',
  findings: [
    finding('warning', 'code.behind', 'shop has 1 commit that shop-staging has not'),
    finding('warning', 'paths.migrations', 'migrations change (3 files under **/migrations/*.py)'),
    finding('blocking', 'config.missing', 'STRIPE_KEY missing in shop', 'STRIPE_KEY'),
    finding('warning', 'config.same', 'SENTRY_DSN same value in both', 'SENTRY_DSN'),
    finding('blocking', 'add-ons.missing', 'heroku-redis: shop-staging has one, shop has none'),
    finding('info', 'processes.added', '+ worker'),
    finding('warning', 'something.new', 'what came later'),
  ],
  downtime: false,
}
const source = {
  app: { name: 'shop-staging' },
  stage: { name: 'staging' },
  release: { version: 42, commit: 'a'.repeat(40), digest: `sha256:9f2c${'0'.repeat(60)}` },
}

test('a plan is a table of what would change', () => {
  assert.equal(
    formatPlan({ source, checks: [{ message: 'slug verified' }], targets: [target] }),
    [
      'shop-staging v42 → shop v17   slug sha256:9f2c00000000… (unchanged since staging)',
      'Code      5 commits, 12 files, by 2 authors   (sluice pipelines:diff for the list)   ! shop has 1 commit that shop-staging has not',
      'Steps     release phase: python manage.py migrate   ! migrations change (3 files under **/migrations/*.py)',
      'Config    ✗ STRIPE_KEY missing in shop   ! SENTRY_DSN same value in both   2 keys fine',
      'Add-ons   ✗ heroku-redis: shop-staging has one, shop has none',
      'Processes · + worker',
      'Other     ! what came later',
      'Checks    ✓ slug verified',
      'Downtime  none expected',
    ].join('\n'),
  )
})

test('what is not known has no line', () => {
  const text = formatPlan({
    source,
    checks: [],
    targets: [{ ...target, code: null, config: null, findings: [] }],
  })
  assert.doesNotMatch(text, /Code|Config|Add-ons|Other/)
})

test('downtime says why', () => {
  const downtime = { ...finding('warning', 'paths.search', 'search is rebuilt'), downtime: true }
  const text = formatPlan({
    source,
    checks: [],
    targets: [{ ...target, findings: [downtime], downtime: true }],
  })
  assert.match(text, /Downtime {2}expected: search is rebuilt$/)
})
