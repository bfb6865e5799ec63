import { fileURLToPath } from 'node:url'
import { ended, start } from '#/foundation/exec.ts'

const PROGRAM = fileURLToPath(new URL('fixtures/open-id-provider.mjs', import.meta.url))

export const OPEN_ID_CLIENT = { clientId: 'sluice', clientSecret: 'a-secret' }

/** A real OpenID provider, in a process of its own, that sends people back to `callback`. */
export const startOpenIdProvider = async (
  callback: string,
  port = 0,
): Promise<{ issuer: string; stop: () => Promise<void> }> => {
  const provider = start(process.execPath, [PROGRAM, callback, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const issuer = await new Promise<string>((resolve) =>
    provider.stdout?.once('data', (chunk) => resolve(String(chunk).trim())),
  )
  return {
    issuer,
    stop: async () => {
      provider.kill()
      await ended(provider)
    },
  }
}
