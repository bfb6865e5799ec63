import assert from 'node:assert/strict'
import http from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  aDynoOf,
  aRoute,
  aRouter,
  converse,
  PATIENCE,
  type Conversation,
  type TestDyno,
} from '../../../test/support/router.ts'
import { until } from '../../../test/support/until.ts'
import { readCases, type SmugglingCase } from './smuggling-case.ts'

/** The same app twice, once with a parser that lets much pass: it must not get to see what it would misread. */
const APPS = {
  strict: { a: 'a.test', b: 'b.test' },
  lenient: { a: 'l.test', b: 'm.test' },
}
type App = keyof typeof APPS

/** What each server has read: methods, targets, hosts and bodies. The last one has no router before it. */
const read: Record<App | 'direct', string[]> = { strict: [], lenient: [], direct: [] }

test('no request is read in two ways', async (t) => {
  await using strict = await aServer('strict')
  await using lenient = await aServer('lenient')
  await using direct = await aServer('direct')
  await using router = await aRouter({
    routes: [
      aRoute('strict', [strict.route], { hosts: Object.values(APPS.strict) }),
      aRoute('lenient', [lenient.route], { hosts: Object.values(APPS.lenient) }),
    ],
  })
  for (const each of await readCases(join(import.meta.dirname, 'requests')))
    await t.test(each.name, async () => {
      for (const list of Object.values(read)) list.length = 0
      for (const app of ['strict', 'lenient'] as const) await assertTold(router.port, app, each)
      await assertNoLessStrict(direct.route.port, each)
    })
})

const aServer = (reader: keyof typeof read): Promise<TestDyno> =>
  aDynoOf(
    http.createServer(
      { insecureHTTPParser: reader === 'lenient', keepAliveTimeout: 60_000 },
      (request, response) => {
        let body = ''
        request
          .on('data', (part: Buffer) => (body += part.toString('latin1')))
          .on('end', () => {
            const { method, url, headers } = request
            read[reader].push(`${method} ${url} ${headers.host} ${body}`.trimEnd())
            response.end()
          })
          .on('error', () => {})
      },
    ),
  )

/** The app reads what it should and no more, and each request has one answer. */
const assertTold = async (port: number, app: App, each: SmugglingCase): Promise<void> => {
  const says = inNameOf(app, each.says)
  const reads = valuesOf(each, 'app reads').map((line) => inNameOf(app, line))
  const statuses = [...reads.map(() => '200'), ...valuesOf(each, 'answer')]
  using client = await converse(port)
  client.say(says)
  const hears = (count: number) => () => statusesIn(client).length >= count || client.isOver()
  await until(hears(statuses.length), PATIENCE)
  if (client.heard().includes('\r\nConnection: close\r\n')) await client.over()
  else {
    // Nothing else may have come before this one.
    client.say(inNameOf(app, 'GET /last HTTP/1.1\r\nHost: a.test\r\n\r\n'))
    reads.push(inNameOf(app, 'GET /last a.test'))
    statuses.push('200')
    await until(hears(statuses.length), PATIENCE)
  }
  assert.deepEqual(statusesIn(client), statuses)
  assert.deepEqual(read[app], reads)
}

/**
 * What the router takes for a request, the parser of Node does, too, at its strictest; unless the case says why that
 * has another reason (`unlike llhttp`).
 */
const assertNoLessStrict = async (port: number, each: SmugglingCase): Promise<void> => {
  const reads = valuesOf(each, 'app reads')
  if (reads.length === 0 || valuesOf(each, 'unlike llhttp').length > 0) return
  using client = await converse(port)
  client.say(each.says)
  await until(() => read.direct.length >= reads.length || client.isOver(), PATIENCE)
  const asPaths = read.direct.map((line) => line.replace(/ http:\/\/[^/? ]+\/?/i, ' /'))
  assert.deepEqual(asPaths.slice(0, reads.length), reads)
}

const valuesOf = ({ expected }: SmugglingCase, name: string): string[] =>
  expected.filter(({ what }) => what === name).map(({ is }) => is.trimEnd())

/** Of the same length. */
const inNameOf = (app: App, text: string): string =>
  app === 'strict'
    ? text
    : text.replaceAll(/a\.test/gi, APPS[app].a).replaceAll('b.test', APPS[app].b)

const statusesIn = (client: Conversation): string[] =>
  [...client.heard().matchAll(/HTTP\/1\.1 ([2-5]\d\d) /g)].map(([, status = '']) => status)
