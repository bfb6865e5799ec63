import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPlan, type PlanJson } from './format-plan.ts'

const target: PlanJson['targets'][number] = {
  app: { name: 'shop' },
  release: { version: 17, commit: 'b'.repeat(40), digest: 'sha256:old' },
  same_digest: false,
  code: {
    ahead_by: 12,
    behind_by: 1,
    commits: [{ sha: 'a1b2c3d4', subject: 'Sell more', author: { name: 'Ada' } }],
    files_changed: 3,
  },
  config: { missing: ['STRIPE_KEY'], same: ['SENTRY_DSN'], extra: [], different: ['STAGE'] },
  add_ons: { missing: ['heroku-redis'] },
  process_types: { added: ['worker'], removed: [] },
  release_command: 'npm run migrate',
  downtime: false,
}
const source = {
  app: { name: 'shop-staging' },
  release: { version: 42, commit: 'a'.repeat(40), digest: 'sha256:new' },
}

test('a plan is a table of what would change', () => {
  assert.equal(
    formatPlan({ source, targets: [target] }),
    [
      'shop-staging v42 → shop v17',
      'Slug      sha256:new',
      'Code      12 commits, 3 files, without 1 commit of the target',
      '          a1b2c3d  Sell more  (Ada)',
      '          and 11 more',
      'Steps     release phase: npm run migrate',
      'Config    ✗ STRIPE_KEY missing in shop   ! SENTRY_DSN same value in both',
      'Add-ons   ✗ shop has no heroku-redis',
      'Processes + worker',
      'Downtime  none expected',
    ].join('\n'),
  )
})

test('what is not known has no line', () => {
  const text = formatPlan({ source, targets: [{ ...target, code: null, config: null }] })
  assert.doesNotMatch(text, /Code|Config/)
})
