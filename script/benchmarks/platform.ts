import { setTimeout as pause } from 'node:timers/promises'
import { assertSucceeds, startPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'

/** Cold start from an empty data directory, warm start, and the memory of an idle platform (summed Pss). */
const RUNS = 5
const SETTLE_MS = 10_000

export const benchPlatform = async (): Promise<void> => {
  const cold: number[] = []
  const warm: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now()
    const platform = await startPlatform()
    cold.push(performance.now() - began)
    try {
      assertSucceeds(await platform.sluice('down'))
      const again = performance.now()
      assertSucceeds(
        await platform.sluice(
          'up',
          '--detach',
          '--port',
          String(platform.port),
          '--router-port',
          String(platform.routerPort),
        ),
      )
      warm.push(performance.now() - again)
      if (run === RUNS - 1) await printIdle(platform.sluice)
    } finally {
      await platform.stop()
    }
  }
  console.log(`cold start: median ${(medianOf(cold) / 1000).toFixed(1)} s (goal: 8 s)`)
  console.log(`warm start: median ${(medianOf(warm) / 1000).toFixed(1)} s (goal: 2 s)`)
}

const printIdle = async (
  sluice: (...args: string[]) => Promise<{ stdout: string }>,
): Promise<void> => {
  await pause(SETTLE_MS)
  const { processes } = JSON.parse((await sluice('status', '--json')).stdout) as {
    processes: { name: string; memoryBytes: number }[]
  }
  const total = processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  const each = processes
    .map(({ name, memoryBytes }) => `${name} ${(memoryBytes / 1e6).toFixed(0)}`)
    .join(', ')
  console.log(`idle platform: ${(total / 1e6).toFixed(0)} MB (goal: 250 MB): ${each}`)
}
