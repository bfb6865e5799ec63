import assert from 'node:assert/strict'
import http from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { aRawDyno, aRoute, aRouter, PATIENCE } from '../../../test/support/router.ts'
import { until } from '../../../test/support/until.ts'
import { readCases } from './smuggling-case.ts'

const DIR = join(import.meta.dirname, 'responses')
const NEXT = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext'

test('no response is read in two ways', async (t) => {
  let says = ''
  await using dyno = await aRawDyno((socket) => {
    let heard = ''
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      const end = heard.indexOf('\r\n\r\n')
      if (end === -1) return
      const isFirst = heard.startsWith('GET / ')
      heard = heard.slice(end + 4)
      socket.write(isFirst ? says : NEXT, 'latin1')
    })
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const get = (path: string): Promise<string> => read({ port: router.port, path, agent })
  for (const { name, expected, says: saysNow } of await readCases(DIR))
    await t.test(name, async () => {
      says = saysNow
      router.lines.length = 0
      const answer = await get('/')
      const line = await until(() => router.lines[0]?.text, PATIENCE)
      const [outcome = { what: '', is: '' }] = expected
      if (outcome.what === 'code') {
        assert.match(line, new RegExp(` code=${outcome.is} `))
        assert.match(answer, /^50[23] <!doctype html>/)
      } else assert.equal(answer, outcome.is.trim())
      // What was left over is nobody's answer, on this connection or on another one to the dyno.
      for (let time = 0; time < 2; time++) assert.equal(await get('/next'), '200 next')
    })
})

/** As the parser of Node reads it at its strictest: status and body. */
const read = (options: http.RequestOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    http
      .get(
        {
          ...{ host: '127.0.0.1', insecureHTTPParser: false, headers: { Host: 'a.test' } },
          ...options,
        },
        (response) => {
          let body = ''
          response
            .on('data', (part: Buffer) => (body += part.toString('latin1')))
            .on('error', () => {})
            .on('close', () =>
              resolve(response.complete ? `${response.statusCode} ${body}`.trim() : 'broken off'),
            )
        },
      )
      .on('error', reject)
  })
