import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import {
  aDyno,
  aDynoOf,
  aRoute,
  aRouter,
  converse,
  type Conversation,
} from '../../../test/support/router.ts'
import { until } from '../../../test/support/until.ts'
import { BODY_LENGTHS } from './body-lengths.ts'
import { CHUNKS } from './chunks.ts'
import { HEADER_FIELDS } from './header-fields.ts'
import { HOSTS } from './hosts.ts'
import { REQUEST_LINES } from './request-lines.ts'
import { SIZES } from './sizes.ts'

const CASES = { REQUEST_LINES, HOSTS, HEADER_FIELDS, BODY_LENGTHS, CHUNKS, SIZES }

for (const [name, cases] of Object.entries(CASES))
  test(`what may be read in two ways is refused: ${name.toLowerCase().replace('_', ' ')}`, async (t) => {
    const read: string[] = []
    await using dyno = await aDyno(noteInto(read))
    await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
    for (const { name: ofCase, says, refusedWith, reads = [] } of cases)
      await t.test(ofCase, async () => {
        read.length = 0
        using client = await converse(router.port)
        client.say(says)
        if (refusedWith === undefined) {
          await until(() => read.length === reads.length, { limitMs: 20_000 })
          await untilAnswered(client, reads.length)
        } else {
          assert.match(await client.over(), new RegExp(`^HTTP/1\\.1 ${refusedWith} `))
          assert.equal(
            client.heard().match(/HTTP\/1\.1 /g)?.length,
            1,
            'one answer, and none to what follows',
          )
        }
        assert.deepEqual(read, reads)
      })
  })

test('the router is nowhere less strict than the parser of Node', async () => {
  await using strict = await aDynoOf(http.createServer({ insecureHTTPParser: false }, noteInto([])))
  for (const { name, says, refusedWith } of Object.values(CASES).flat()) {
    if (refusedWith !== undefined) continue
    using client = await converse(strict.route.port)
    client.say(says)
    await client.hear('HTTP/1.1 ')
    assert.match(client.heard(), /^HTTP\/1\.1 200 /, name)
  }
})

const noteInto =
  (read: string[]): http.RequestListener =>
  (request, response) => {
    let body = ''
    request
      .on('data', (part: Buffer) => (body += part.toString('latin1')))
      .on('end', () => {
        read.push(`${request.method} ${request.url} ${request.headers.host} ${body}`)
        response.end('ok')
      })
      .on('error', () => {})
  }

const untilAnswered = (client: Conversation, times: number): Promise<unknown> =>
  until(() => client.heard().match(/HTTP\/1\.1 200 OK/g)?.length === times, { limitMs: 20_000 })
