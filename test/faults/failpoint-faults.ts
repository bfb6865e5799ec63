import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { requestAddOnCluster } from '#/foundation/add-on-cluster.ts'
import { databaseNames } from '#/platform/add-on/add-on-credentials.ts'
import { until } from '../support/until.ts'
import { STAGING, type FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { change, promotionOfFast, type Scene } from './workload.ts'

const PATIENCE = { limitMs: 60_000, everyMs: 200 }

type AddOn = { id: string; name: string; state: string }

/** Deaths in what is done beside deploys: each must be gone on with, and be done once. */
export const FAILPOINT_FAULTS: Fault[] = [
  {
    id: 'F02:webhook-sent',
    isQuick: true,
    what: 'the control plane dies when a webhook has taken a delivery: it comes again, under the same id',
    load: 'visits',
    inject: async (scene) => {
      const { platform } = scene
      const came: string[] = []
      const receiver = createServer((request, response) => {
        void text(request).then((body) => {
          came.push((JSON.parse(body) as { id: string }).id)
          response.end()
        })
      })
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
      const { pipeline } = await promotionOfFast(platform)
      const webhooks = `/pipelines/${pipeline.id}/webhooks`
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
      const made = await platform.api('POST', webhooks, { url, events: ['promotion.created'] })
      const webhook = `${webhooks}/${(made.body as { id: string }).id}`
      try {
        await dieAt(platform, 'webhook-sent', () => change(scene, 'promote'))
        await until(() => came.length >= 2, { ...PATIENCE, what: 'the delivery again' })
        const isTaken = async (): Promise<boolean> =>
          ((await platform.api('GET', `${webhook}/deliveries`)).body as { status: string }[]).every(
            ({ status }) => status === 'succeeded',
          )
        await until(isTaken, { ...PATIENCE, what: 'the end of the delivery' })
        return new Set(came).size === 1 ? [] : [`one event came as ${came.join(', ')}`]
      } finally {
        await platform.api('DELETE', webhook)
        receiver.close()
      }
    },
  },
  {
    id: 'F02:add-on-database-made',
    isQuick: true,
    what: 'the control plane dies when the database of an add-on is made: it is attached once, afterwards',
    load: 'visits',
    inject: async ({ platform }) => {
      await dieAt(platform, 'add-on-database-made', () => create(platform))
      const addOn = await untilProvisioned(platform)
      const { body } = await platform.api('GET', '/apps/fast/config-vars')
      const url = (body as Record<string, string>)['DATABASE_URL'] ?? ''
      const answer = await query(url, 'select 1').catch(String)
      await destroy(platform, addOn)
      return [
        ...(answer === 1 ? [] : [`the database of the add-on says ${answer}`]),
        ...(await leftOf(platform, addOn)),
      ]
    },
  },
  {
    id: 'F02:add-on-let-go',
    isQuick: true,
    what: 'the control plane dies when an app has let go of a destroyed add-on: the rest goes as well',
    load: 'visits',
    inject: async ({ platform }) => {
      await create(platform)
      const addOn = await untilProvisioned(platform)
      const attachment = { app: STAGING, addon: addOn.name, name: 'SHARED' }
      const { status } = await platform.api('POST', '/addon-attachments', attachment)
      await dieAt(platform, 'add-on-let-go', () => destroy(platform, addOn))
      return [
        ...(status === 201 ? [] : [`the attachment was answered ${status}`]),
        ...(await leftOf(platform, addOn)),
      ]
    },
  },
]

const dieAt = async (
  platform: FaultPlatform,
  failpoint: string,
  act: () => Promise<unknown>,
): Promise<void> => {
  await platform.arm(failpoint)
  try {
    await act().catch(() => {}) // nobody may be left to answer
    await until(async () => !(await platform.isArmed()), {
      ...PATIENCE,
      what: `a death at ${failpoint}`,
    })
  } finally {
    await platform.disarm()
    await platform.untilApiUp()
  }
}

const create = (platform: FaultPlatform): Promise<unknown> =>
  platform.api('POST', '/apps/fast/addons', {
    plan: { name: 'heroku-postgresql' },
    attachment: {},
  })

const destroy = ({ api }: Pick<Scene['platform'], 'api'>, { name }: AddOn): Promise<unknown> =>
  api('DELETE', `/apps/fast/addons/${name}`, { force: true })

/** The only one there is. */
const untilProvisioned = (platform: FaultPlatform): Promise<AddOn> =>
  until(
    async () => {
      const addOns = (await platform.api('GET', '/apps/fast/addons')).body as AddOn[]
      return addOns.length === 1 && addOns[0]?.state === 'provisioned' ? addOns[0] : undefined
    },
    { ...PATIENCE, what: 'an add-on' },
  )

/** Of an add-on that was destroyed, once there was time for all of it to go. */
const leftOf = async (platform: FaultPlatform, { id }: AddOn): Promise<string[]> => {
  const { adminUrl } = await requestAddOnCluster(platform.dataDir)
  const { database } = databaseNames(id)
  const configs = ['fast', STAGING].map((app) => `/apps/${app}/config-vars`)
  const left = async (): Promise<string[]> => {
    const found = await Promise.all(configs.map((path) => platform.api('GET', path)))
    const isThere = await query(
      adminUrl,
      `select from pg_database where datname = ${pg.escapeLiteral(database)}`,
    )
    return [
      ...found.flatMap(({ body }) =>
        Object.keys(body as object).filter((key) => /^(DATABASE|SHARED)_URL$/.test(key)),
      ),
      ...(isThere === 0 ? [] : ['its database']),
    ]
  }
  return until(async () => (await left()).length === 0, PATIENCE).then(
    () => [],
    async () => [`of a destroyed add-on is left: ${(await left()).join(', ')}`],
  )
}

/** How many rows there are. */
const query = async (connectionString: string, sql: string): Promise<number> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 20_000 })
  await client.connect()
  try {
    return (await client.query(sql)).rowCount ?? 0
  } finally {
    await client.end()
  }
}
