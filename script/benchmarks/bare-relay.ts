import net from 'node:net'
import { acceptHandles } from '#/router/node-handles.ts'
import { relay } from '#/router/outgoing.ts'
import { TcpWire, type WireUser } from '#/router/wire.ts'

/**
 * What the router's wires cost by themselves: passes bytes on between a client and the app and looks at none of them.
 * `bare-relay.ts <port of the app>`, its own port in descriptor 3.
 */
const [appPort = ''] = process.argv.slice(2)

/** Whoever reads one wire and writes what it reads to the other. */
const passOn = (to: () => TcpWire): WireUser => ({
  received: (bytes, length) => void relay(to(), { bytes, start: 0, end: length }),
  drained: () => {},
  ended: () => to().close(),
  closed: () => to().close(),
})

const server = net.createServer().listen({ fd: 3 }, () => {
  acceptHandles(server, (handle) => {
    const client = new TcpWire(handle)
    const toClient = passOn(() => client)
    const app = TcpWire.connect({ host: '127.0.0.1', port: Number(appPort) }, toClient, () =>
      client.begin(passOn(() => app)),
    )
  })
})
