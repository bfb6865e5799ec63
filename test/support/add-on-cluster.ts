import { createServer } from 'node:net'
import { after } from 'node:test'
import { startTestCluster } from './postgres.ts'

/** A cluster for add-ons of this test file's own, as the keeper offers the real one. */
export const aTestAddOnCluster = async (): Promise<{
  adminUrl: string
  host: string
  port: number
}> => {
  for (let tried = 1; ; tried++) {
    const port = await aFreePort()
    try {
      const cluster = await startTestCluster(port)
      after(cluster.stop)
      return { adminUrl: cluster.urlOf('postgres'), host: 'localhost', port }
    } catch (error) {
      if (tried === 3) throw error // somebody else took the port in between
    }
  }
}

const aFreePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
