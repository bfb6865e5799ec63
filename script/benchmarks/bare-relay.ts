import net from 'node:net'
import { acceptInto } from '#/router/accept.ts'
import { READ_BUFFER, relay } from '#/router/outgoing.ts'

/**
 * What sockets of Node cost by themselves: passes bytes on between a client and the app and looks at none of them.
 * `bare-relay.ts <port of the app>`, its own port in descriptor 3.
 */
const [appPort = ''] = process.argv.slice(2)

const server = net.createServer().listen({ fd: 3 }, () => {
  acceptInto(server, ({ open }) => {
    const app = net.connect({
      host: '127.0.0.1',
      port: Number(appPort),
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => {
          relay(client, { bytes: READ_BUFFER, start: 0, end: length })
          return true
        },
      },
    })
    const client = open((bytes, length) => relay(app, { bytes, start: 0, end: length }))
    for (const [one, other] of [
      [app, client],
      [client, app],
    ] as const)
      one.on('error', () => one.destroy()).on('close', () => other.destroy())
  })
})
