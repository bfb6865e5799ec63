import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transaction } from '#/foundation/db.ts'
import { EMPTY_CONFIG, insertConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { releaseApp } from '#/platform/deploy/release-app.ts'
import { makeCurrent, markSucceeded } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { insertSlug } from '#/platform/slug/slug-store.ts'
import { insertTeam, insertTeamMember } from '#/platform/team/team-store.ts'
import type { Role } from '#/platform/team/team.ts'
import type { TestPlatform } from './test-platform.ts'

export const aName = (): string => `a${randomBytes(5).toString('hex')}`

/** Of several answers, smallest first. */
export const statusesOf = (answers: { statusCode: number }[]): number[] =>
  answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)

/** Makes an app over the API, the operator's own unless something else is asked for. */
export const anApp = async (
  { call }: TestPlatform,
  { name = aName(), team, token }: { name?: string; team?: string; token?: string } = {},
): Promise<{ id: string; name: string }> => {
  const body = { name, ...(team ? { team } : {}) }
  const created = await call('POST', '/apps', body, token ? { token } : {})
  assert.equal(created.statusCode, 201, created.body)
  return created.json<{ id: string; name: string }>()
}

type Person = Awaited<ReturnType<TestPlatform['aPerson']>>

/** A team of the operator's, with another person in it in each of the roles. */
export const aTeam = async <R extends Role>(
  test: TestPlatform,
  roles: readonly R[],
): Promise<{ name: string; people: Record<R, Person> }> => {
  const { db } = test.platform
  const team = await insertTeam(db, test.actor, aName())
  const add = async (accountId: string | null, role: Role): Promise<void> =>
    insertTeamMember(db, { teamId: team.id, accountId: accountId ?? '', role })
  await add(test.actor.accountId, 'owner')
  const people = await Promise.all(
    roles.map(async (role) => {
      const person = await test.aPerson()
      await add(person.actor.accountId, role)
      return [role, person] as const
    }),
  )
  return { name: team.name, people: Object.fromEntries(people) as Record<R, Person> }
}

/** A release with code that serves: what a push and its deploy leave behind, without the processes. */
export const aServingRelease = async (
  { platform, actor }: TestPlatform,
  app: { id: string },
  processTypes: Record<string, string>,
): Promise<Release> => {
  const digest = await anArtifact(platform)
  return transaction(platform.db, async (tx) => {
    const { configSnapshotId } = await lockApp(tx, actor, app.id)
    const needs = { db: tx, keyring: platform.keyring }
    const slug = await insertSlug(tx, actor, {
      appId: app.id,
      digest,
      processTypes,
      stack: 'heroku-24',
      commit: randomBytes(20).toString('hex'),
      commitDescription: null,
      buildpacks: [],
      buildpackProvidedDescription: 'Node.js',
      size: 1234,
    })
    const release = await releaseApp(tx, actor, {
      appId: app.id,
      slugId: slug.id,
      configSnapshotId:
        configSnapshotId ?? (await insertConfigSnapshot(needs, app.id, EMPTY_CONFIG)),
      description: `Deploy ${slug.commit?.slice(0, 8)}`,
      addOns: [],
      cause: 'push',
    })
    await makeCurrent(tx, actor, release)
    await markSucceeded(tx, actor, release.id)
    return release
  })
}

/** One that no other app has. */
const anArtifact = async ({ paths, store }: TestPlatform['platform']): Promise<string> => {
  const folder = await mkdtemp(join(paths.root, 'artifact-'))
  await writeFile(join(folder, 'code'), randomBytes(16))
  const { digest } = await store.put(folder)
  await rm(folder, { recursive: true })
  return digest
}
