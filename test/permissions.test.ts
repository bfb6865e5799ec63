import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { routes } from '#/api/routes.ts'
import { newId, newSecret, newToken, sha256 } from '#/foundation/ids.ts'
import { insertAuthorization } from '#/platform/account/authorization-store.ts'
import { insertOauthClient } from '#/platform/account/oauth-client-store.ts'
import { insertSshKey } from '#/platform/account/ssh-key-store.ts'
import type { Route } from '#/platform/route.ts'
import { TEAM_ROLES } from '#/platform/team/permission-table.ts'
import { insertTeam, insertTeamMember } from '#/platform/team/team-store.ts'
import { ROLE_PERMISSIONS, type Permission, type Role } from '#/platform/team/team.ts'
import { permissionDoc } from '../script/permission-doc.ts'
import { aName, anApp, aServingRelease } from './support/apps.ts'
import { aCertificate } from './support/certificates.ts'
import { aTestPlatform, type TestPlatform } from './support/test-platform.ts'

/**
 * Every route × everybody, on an object of theirs and on a foreign one, called for real: what the table of
 * permissions says is what the API does. Bodies are nonsense, which only whoever is let in hears of.
 */
const testPlatform = await aTestPlatform()
const { platform, call } = testPlatform
const { db } = platform

type Person = Awaited<ReturnType<TestPlatform['aPerson']>>

/** Who calls: a role in the team, a grant on its app, both, or neither. Another kind of token is one more row. */
type CallerKind = { name: string; role?: Role; grant?: Permission[] }
const KINDS: CallerKind[] = [
  { name: 'owner', role: 'owner' },
  { name: 'admin', role: 'admin' },
  { name: 'member', role: 'member' },
  { name: 'viewer', role: 'viewer' },
  { name: 'collaborator without a grant', role: 'collaborator' },
  { name: 'viewer who may deploy', role: 'viewer', grant: ['view', 'deploy'] },
  { name: 'granted view', grant: ['view'] },
  { name: 'granted deploy', grant: ['view', 'deploy'] },
  { name: 'granted operate', grant: ['view', 'operate'] },
  { name: 'granted manage', grant: ['view', 'manage'] },
  { name: 'somebody of another team' },
]
type Caller = CallerKind & Person
const callers: Caller[] = await Promise.all(
  KINDS.map(async (kind) => ({ ...kind, ...(await testPlatform.aPerson()) })),
)
const owner = callers[0] as Caller
/** Runs the foreign team. */
const foreigner = await testPlatform.aPerson()
/** A member and collaborator for others to act on. */
const bystander = await testPlatform.aPerson()

const permissionsOf = ({ role, grant = [] }: CallerKind, isLocked: boolean): Permission[] => {
  const counts = role !== undefined && (!isLocked || role === 'owner' || role === 'admin')
  return [...(counts ? ROLE_PERMISSIONS[role] : []), ...grant]
}

/** What people without a role in the team count as in it. */
const roleOf = ({ role, grant }: CallerKind): Role | undefined =>
  role ?? (grant ? 'collaborator' : undefined)

/** Values for the parameters of paths: a team with people, and an app with one of everything. */
type World = Record<string, string>

const { certificate: certificate_chain, key: private_key } = await aCertificate({
  names: ['www.example.org'],
})
const CERTIFICATE = { certificate_chain, private_key }

const aWorld = async (runner: Person, people: Caller[], isLocked = false): Promise<World> => {
  const small = await aSmallWorld(runner, people)
  const { team = '', app: name = '', appId = '', teamId = '' } = small
  const as = { token: runner.token }
  const { slugId } = await aServingRelease(testPlatform, { id: appId }, { web: 'serve' })
  const made = async (path: string, body: unknown): Promise<{ id: string }> => {
    const answer = await call('POST', path, body, as)
    assert.equal(answer.statusCode, 201, answer.body)
    return answer.json<{ id: string }>()
  }
  const domain = await made(`/apps/${name}/domains`, { hostname: `${name}.example.com` })
  const certificate = await made(`/apps/${name}/sni-endpoints`, CERTIFICATE)
  const drain = await made(`/apps/${name}/log-drains`, { url: 'https://logs.example.com/' })
  const source_blob = { url: 'https://example.com/source.tgz' }
  const build = await made(`/apps/${name}/builds`, { source_blob })
  const pipelineOwner = { id: teamId, type: 'team' }
  const pipeline = await made('/pipelines', { name: aName(), owner: pipelineOwner })
  const couple = { app: appId, pipeline: pipeline.id, stage: 'staging' }
  const coupling = await made('/pipeline-couplings', couple)
  const invited = `invited-${team}@example.com`
  const invitation = anInvitation(teamId, invited, runner, newSecret())
  await db.insertInto('teamInvitations').values(invitation).execute()
  if (isLocked) await db.updateTable('apps').set({ locked: true }).where('id', '=', appId).execute()
  return {
    ...small,
    release: '2',
    slug: slugId ?? '',
    domain: domain.id,
    certificate: certificate.id,
    feature: 'http-session-affinity',
    drain: drain.id,
    build: build.id,
    pipeline: pipeline.id,
    coupling: coupling.id,
    stage: 'review',
    invitation: invited,
  }
}

/** Enough for calls that end something. */
const aSmallWorld = async (runner: Person, people: Caller[]): Promise<World> => {
  const team = await insertTeam(db, runner.actor, aName())
  const add = (person: Person, role: Role): Promise<void> =>
    insertTeamMember(db, { teamId: team.id, accountId: person.actor.accountId ?? '', role })
  await add(runner, 'owner')
  await add(bystander, 'viewer')
  for (const person of people)
    if (person.role && person.email !== runner.email) await add(person, person.role)
  const app = await anApp(testPlatform, { team: team.name, token: runner.token })
  const grants = [...people, { ...bystander, grant: ['view', 'deploy'] }]
    .filter(({ grant }) => grant)
    .map(({ email, actor, grant = [] }) => ({
      appId: app.id,
      email,
      accountId: actor.accountId,
      permissions: grant,
    }))
  await db.insertInto('collaborators').values(grants).execute()
  const addOn = {
    id: newId(),
    name: aName(),
    appId: app.id,
    service: 'heroku-postgresql',
    plan: 'heroku-postgresql:essential-0',
    state: 'provisioned' as const,
    createdByName: 'test',
  }
  await db.insertInto('addOns').values(addOn).execute()
  const attachment = { id: newId(), addOnId: addOn.id, appId: app.id, name: 'DATABASE' }
  await db.insertInto('addOnAttachments').values(attachment).execute()
  return {
    team: team.name,
    teamId: team.id,
    app: app.name,
    appId: app.id,
    addOn: addOn.name,
    attachment: attachment.id,
    collaborator: bystander.email,
    member: bystander.email,
    dyno: 'web.1',
    type: 'web',
  }
}

const anInvitation = (teamId: string, email: string, by: Person, secret: string) => ({
  teamId,
  email,
  role: 'viewer' as const,
  byMail: false,
  tokenHash: sha256(secret),
  invitedBy: by.actor.accountId ?? '',
  expiresAt: new Date(Date.now() + 60_000),
})

/** What belongs to a caller alone, made anew for each call, since the call may use it up. */
const ownThings = async ({ actor, email }: Person): Promise<World> => {
  const accountId = actor.accountId ?? ''
  const { id: authorization } = await insertAuthorization(db, {
    accountId,
    token: newToken(),
    description: null,
    scope: ['global'],
    expiresAt: null,
  })
  const token = newSecret()
  const team = await insertTeam(db, actor, aName())
  const inviter = foreigner
  await db
    .insertInto('teamInvitations')
    .values(anInvitation(team.id, email, inviter, token))
    .execute()
  const { id: transfer } = await db
    .insertInto('appTransfers')
    .values({
      appId: await freshApp(accountId),
      senderId: accountId,
      recipientEmail: bystander.email,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { id: client } = await insertOauthClient(db, accountId, {
    name: aName(),
    redirectUri: 'https://example.com/',
    secret: newSecret(),
  })
  const { id: key } = await insertSshKey(db, accountId, {
    publicKey: 'ssh-ed25519 AAAA',
    comment: email,
    fingerprint: newSecret(),
    keyHash: Buffer.from(newSecret()),
  })
  const { id: deployToken } = await insertAuthorization(db, {
    accountId,
    token: newToken(),
    description: null,
    scope: ['deploy'],
    expiresAt: new Date(Date.now() + 3_600_000),
    boundTo: { appId: await freshApp(accountId) },
  })
  return { account: email, authorization, token, transfer, client, key, deployToken }
}

const freshApp = async (accountId: string): Promise<string> => {
  const { id } = await db
    .selectFrom('teams')
    .select('id')
    .where('personalAccountId', '=', accountId)
    .executeTakeFirstOrThrow()
  const app = { name: aName(), teamId: id }
  return (await db.insertInto('apps').values(app).returning('id').executeTakeFirstOrThrow()).id
}

const fill = (path: string, world: World): string =>
  path.replaceAll(/:([a-zA-Z]+)/g, (_whole, name: string) => world[name] ?? 'nothing')

/** `null` for nobody. */
const send = async ({ method, path, body }: Route, world: World, caller: Person | null) =>
  call(method, fill(path, world), body ? '"nonsense"' : undefined, {
    ...(caller ? { token: caller.token } : {}),
    ...(caller ? {} : { headers: { authorization: '' } }),
  })

type Answer = Awaited<ReturnType<typeof send>>
type Verdict = 'allowed' | 401 | 403 | 404

/** A 404 about the thing itself is a refusal; one about something below it is not. */
const verdictOf = (answer: Answer, things: string[]): Verdict => {
  const { statusCode: status } = answer
  assert.ok(status < 500, answer.body)
  if (status === 401 || status === 403) return status
  return status === 404 && things.includes(answer.json<{ resource: string }>().resource)
    ? 404
    : 'allowed'
}

const labelOf = ({ method, path, access }: Route): string => `${method} ${path} (${access.name})`

/** `app:deploy|operate` is about an app and takes one of two. */
const parse = ({ access }: Route): { noun: string; needed: string[] } => {
  const [noun = '', needed = ''] = access.name.split(':')
  return { noun, needed: needed.split('|') }
}

const isForOperator = ({ access }: Route): boolean => /^operator$|:operator$/.test(access.name)

const routesOf = (...nouns: string[]): Route[] =>
  routes.filter((one) => nouns.includes(parse(one).noun) && !isForOperator(one))

const isOperators = (one: Route): boolean =>
  parse(one).noun === 'operator' || parse(one).needed.includes('operator')

const isHarmless = ({ method, body }: Route): boolean => method === 'GET' || body !== undefined

/** Whoever is let in is answered without end; streams have tests of their own. */
const isEndless = ({ path }: Route): boolean => path.endsWith('/event-stream')

const compare = (wrong: string[], label: string, got: Verdict, wanted: Verdict): void => {
  if (got !== wanted) wrong.push(`${label}: ${got}, and not ${wanted}`)
}

const foreign = await aWorld(foreigner, [])

/** Calls a route as everybody; whoever is let in by a call that changes something finds a world of their own. */
const judgeAll = async (
  one: Route,
  shared: World,
  { things, wantedOf }: { things: string[]; wantedOf: (caller: Caller) => Verdict },
): Promise<string[]> => {
  const wrong: string[] = []
  const label = labelOf(one)
  const judge = async (caller: Caller): Promise<void> => {
    const wanted = wantedOf(caller)
    const isSafe = isHarmless(one) || wanted !== 'allowed'
    const world = isSafe ? shared : await aSmallWorld(owner, callers)
    const got = verdictOf(await send(one, world, caller), things)
    compare(wrong, `${caller.name}: ${label}`, got, wanted)
    const elsewhere = verdictOf(await send(one, foreign, caller), things)
    compare(wrong, `${caller.name}, foreign: ${label}`, elsewhere, 404)
  }
  await Promise.all(callers.map(judge))
  compare(wrong, `nobody: ${label}`, verdictOf(await send(one, shared, null), things), 401)
  return wrong
}

const APP_THINGS = ['app', 'add_on', 'add_on attachment']

for (const isLocked of [false, true])
  test(`apps${isLocked ? ' that are locked' : ''}: each permission lets in where the table says`, async () => {
    const shared = await aWorld(owner, callers, isLocked)
    const wrong: string[] = []
    for (const one of routesOf('app', 'add-on', 'add-on-attachment')) {
      // To take out somebody else takes more than to see the app.
      const isRemoval = one.method === 'DELETE' && one.path.endsWith('/:collaborator')
      const needed = isRemoval ? ['manage'] : parse(one).needed
      const wantedOf = (caller: Caller): Verdict => {
        const held = permissionsOf(caller, isLocked)
        if (held.length === 0) return 404
        return held.some((permission) => needed.includes(permission)) ? 'allowed' : 403
      }
      if (isLocked && !isHarmless(one)) continue
      wrong.push(...(await judgeAll(one, shared, { things: APP_THINGS, wantedOf })))
    }
    assert.deepEqual(wrong, [])
  })

test('teams: each role lets in where the table says', async () => {
  const shared = await aWorld(owner, callers)
  const wrong: string[] = []
  for (const one of routesOf('team')) {
    // What a team's apps and its audit take in the team itself is for those who run it.
    const needed = parse(one).needed.flatMap((name) =>
      ['manage', 'audit'].includes(name) ? TEAM_ROLES.run : [name],
    )
    const wantedOf = (caller: Caller): Verdict => {
      const role = roleOf(caller)
      if (role === undefined) return 404
      // To take out somebody else takes more than to see the team.
      const isRemoval = one.path === '/teams/:team/members/:member'
      if (isRemoval && role !== 'owner' && role !== 'admin') return 403
      return needed.includes(role) ? 'allowed' : 403
    }
    wrong.push(...(await judgeAll(one, shared, { things: ['team'], wantedOf })))
  }
  assert.deepEqual(wrong, [])
})

test('what is below one app is not found below another', async () => {
  const world = await aWorld(owner, [])
  const wrong: string[] = []
  const below = routesOf('app', 'add-on', 'add-on-attachment')
    .filter(({ method, path }) => method === 'GET' && /^\/apps\/:app\/.*:/.test(path))
    .filter(({ path }) => !/:(feature|dyno|type|release|collaborator)\b/.test(path))
  assert.ok(below.length > 4)
  for (const one of below) {
    assert.equal((await send(one, world, owner)).statusCode, 200, labelOf(one))
    const { statusCode } = await send(one, { ...foreign, app: world['app'] ?? '' }, owner)
    if (statusCode !== 404) wrong.push(`${labelOf(one)}: ${statusCode}`)
  }
  assert.deepEqual(wrong, [])
})

test("what is one account's own is nobody else's", async () => {
  const wrong: string[] = []
  const things = [
    ...['user', 'authorization', 'app_transfer', 'team_invitation'],
    ...['oauth_client', 'key', 'deploy_token'],
  ]
  const nouns = [
    ...['account', 'authorization', 'app-transfer', 'team-invitation'],
    ...['oauth-client', 'key', 'deploy-token'],
  ]
  for (const one of routesOf(...nouns).filter((route) => !isOperators(route))) {
    if (isEndless(one)) continue
    const label = labelOf(one)
    const hasOwner = one.path.includes(':') && parse(one).needed[0] !== ''
    for (const caller of [owner, callers[4], foreigner].filter((some) => some !== undefined)) {
      const own = await ownThings(caller)
      compare(wrong, label, verdictOf(await send(one, own, caller), things), 'allowed')
      if (!hasOwner) continue
      const other = await ownThings(await testPlatform.aPerson())
      compare(wrong, `foreign: ${label}`, verdictOf(await send(one, other, caller), things), 404)
    }
    compare(wrong, `nobody: ${label}`, verdictOf(await send(one, {}, null), things), 401)
  }
  assert.deepEqual(wrong, [])
})

/** A grant on an app in the pipeline shows it and adds to it; the rest is for its team. */
const wantedOnPipeline =
  (one: Route) =>
  (caller: Caller): Verdict => {
    const held = permissionsOf(caller, false)
    if (held.length === 0) return 404
    const ofTeam = caller.role ? ROLE_PERMISSIONS[caller.role] : []
    // To cancel takes deploy on the target too, where nobody has a grant.
    if (one.path.endsWith('/actions/cancel')) return ofTeam.includes('deploy') ? 'allowed' : 403
    const enough = parse(one).needed[0] === 'manage' ? ofTeam : held
    return enough.some((permission) => parse(one).needed.includes(permission)) ? 'allowed' : 403
  }

/** A pipeline with a granted app in staging, from which a promotion went to production. */
const aPipelineWorld = async (): Promise<World> => {
  const world = await aSmallWorld(owner, callers)
  const as = { token: owner.token }
  const made = async (path: string, body: unknown): Promise<{ id: string }> => {
    const answer = await call('POST', path, body, as)
    assert.equal(answer.statusCode, 201, answer.body)
    return answer.json<{ id: string }>()
  }
  const { appId = '', team = '', teamId = '' } = world
  await aServingRelease(testPlatform, { id: appId }, { web: 'serve' })
  const pipelineOwner = { id: teamId, type: 'team' }
  const { id: pipeline } = await made('/pipelines', { name: aName(), owner: pipelineOwner })
  const target = await anApp(testPlatform, { team, token: owner.token })
  const couple = (app: string, stage: string): Promise<{ id: string }> =>
    made('/pipeline-couplings', { app, pipeline, stage })
  const coupling = await couple(appId, 'staging')
  await couple(target.id, 'production')
  const promotion = await made('/pipeline-promotions', {
    pipeline: { id: pipeline },
    source: { app: { id: appId } },
    targets: [{ app: { id: target.id } }],
  })
  const grant = { pipeline, user: bystander.email, permissions: ['view'] }
  const collaborator = await made('/ephemeral-app-collaborators', grant)
  return {
    ...world,
    pipeline,
    coupling: coupling.id,
    promotion: promotion.id,
    collaborator: collaborator.id,
    stage: 'review',
  }
}

test('pipelines are for their team and for whoever has access to an app in them', async () => {
  const shared = await aPipelineWorld()
  const elsewhere = foreign
  const wrong: string[] = []
  const things = [
    'pipeline',
    'pipeline_coupling',
    'pipeline_promotion',
    'ephemeral_app_collaborator',
  ]
  for (const one of routesOf('pipeline', 'pipeline-coupling', 'pipeline-promotion')) {
    const label = labelOf(one)
    const wantedOf = wantedOnPipeline(one)
    const judge = async (caller: Caller): Promise<void> => {
      const wanted = wantedOf(caller)
      if (wanted === 'allowed' && isEndless(one)) return
      const world = isHarmless(one) || wanted !== 'allowed' ? shared : await aPipelineWorld()
      const got = verdictOf(await send(one, world, caller), things)
      compare(wrong, `${caller.name}: ${label}`, got, wanted)
      const strange = verdictOf(await send(one, elsewhere, caller), things)
      compare(wrong, `${caller.name}, foreign: ${label}`, strange, 404)
    }
    await Promise.all(callers.map(judge))
    compare(wrong, `nobody: ${label}`, verdictOf(await send(one, shared, null), things), 401)
  }
  assert.deepEqual(wrong, [])
})

test('a token that has expired, was revoked or was never given opens no route', async () => {
  const accountId = owner.actor.accountId ?? ''
  const give = async (expiresAt: Date | null): Promise<{ id: string; token: string }> => {
    const token = newToken()
    const scope = ['global' as const]
    const row = { accountId, token, description: null, scope, expiresAt }
    return { ...(await insertAuthorization(db, row)), token }
  }
  const expired = await give(new Date(Date.now() - 1000))
  const revoked = await give(null)
  const path = `/oauth/authorizations/${revoked.id}`
  assert.equal((await call('DELETE', path, undefined, { token: owner.token })).statusCode, 200)
  const world = await aWorld(owner, [])
  const wrong: string[] = []
  for (const one of routes.filter(({ access }) => !access.name.startsWith('anyone')))
    for (const token of [expired.token, revoked.token, newToken()])
      compare(wrong, labelOf(one), verdictOf(await send(one, world, { ...owner, token }), []), 401)
  assert.deepEqual(wrong, [])
})

test('what is open to anyone is open without a token, and signed URLs are not to be guessed', async () => {
  const world = await aWorld(owner, [])
  const wrong: string[] = []
  for (const one of routes.filter(({ access }) => access.name.startsWith('anyone'))) {
    const { statusCode } = await send(one, world, null)
    const asksInWords = one.access.name.includes('wants the secret')
    if (statusCode === 401 && !asksInWords) wrong.push(labelOf(one))
    if (one.access.name.includes('signed URL') && statusCode !== 404)
      wrong.push(`${labelOf(one)}: ${statusCode}`)
  }
  assert.deepEqual(wrong, [])
})

test('what is for the operator of the platform is for nobody else', async () => {
  const wrong: string[] = []
  for (const one of routes.filter(isForOperator)) {
    const label = labelOf(one)
    const world = { account: bystander.email }
    for (const caller of callers)
      compare(wrong, `${caller.name}: ${label}`, verdictOf(await send(one, world, caller), []), 403)
    compare(wrong, `nobody: ${label}`, verdictOf(await send(one, world, null), []), 401)
    if (one.method !== 'GET' || one.path === '/master-key') continue // no key file in a test
    const operator = { ...owner, token: testPlatform.token }
    compare(wrong, `operator: ${label}`, verdictOf(await send(one, world, operator), []), 'allowed')
  }
  assert.deepEqual(wrong, [])
})

test('docs/permissions.md is what the table says (else: npm run docs:permissions)', async () => {
  const path = fileURLToPath(new URL('../docs/permissions.md', import.meta.url))
  assert.equal(await readFile(path, 'utf8'), permissionDoc())
})

test("what is the operator's is nobody else's", async () => {
  const wrong: string[] = []
  const operator = { ...testPlatform, email: testPlatform.actor.name }
  const own = await ownThings(operator)
  for (const one of routes.filter(isOperators)) {
    const label = labelOf(one)
    for (const caller of [...callers, foreigner])
      compare(wrong, label, verdictOf(await send(one, own, caller), []), 403)
    compare(wrong, `nobody: ${label}`, verdictOf(await send(one, own, null), []), 401)
    if (!one.path.startsWith('/master-key'))
      compare(wrong, `operator: ${label}`, verdictOf(await send(one, own, operator), []), 'allowed')
  }
  assert.deepEqual(wrong, [])
})

test('every route is of a kind that is looked at here', () => {
  const known = [
    ...[
      'operator',
      'anyone',
      'account',
      'authorization',
      'app-transfer',
      'team-invitation',
      'team',
      'app',
    ],
    ...['add-on', 'add-on-attachment', 'pipeline', 'pipeline-coupling', 'pipeline-promotion'],
    ...['oauth-client', 'key', 'deploy-token', 'operator'],
  ]
  assert.deepEqual(routes.filter((one) => !known.includes(parse(one).noun)).map(labelOf), [])
})
