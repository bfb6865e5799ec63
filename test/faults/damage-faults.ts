import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import { STAGING, type FaultPlatform } from './fault-platform.ts'
import type { Fault } from './fault.ts'
import { dynosOf, findBlob, newestRelease, untilLogged, untilReleased } from './looks.ts'
import { change, type Scene } from './workload.ts'

/** A file of a slug as it lies in the artifact store: one content, and every path that it has there. */
type Damaged = { paths: string[]; good: Buffer; other: string }

type Damage = (damaged: Damaged) => Promise<void>

const DAMAGES: Record<string, { what: string; isQuick?: true; damage: Damage }> = {
  F51: {
    what: 'a byte of a slug is flipped on the disk',
    isQuick: true,
    damage: ({ paths, good }) =>
      overwrite(
        paths,
        good.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
      ),
  },
  'F51:cut': {
    what: 'a file of a slug is cut short on the disk',
    damage: ({ paths, good }) => overwrite(paths, good.subarray(0, -1)),
  },
  'F51:emptied': {
    what: 'a file of a slug is emptied on the disk',
    damage: ({ paths }) => overwrite(paths, Buffer.alloc(0)),
  },
  'F51:exchanged': {
    what: 'a file of a slug is exchanged by another one of the store, which is whole',
    isQuick: true,
    damage: ({ paths, other }) => relink(paths, other),
  },
}

/** Slugs that are not what they were: whoever needs one is refused by name, and what runs goes on. */
export const DAMAGE_FAULTS: Fault[] = Object.entries(DAMAGES).map(([id, { damage, ...fault }]) => ({
  ...fault,
  id,
  load: 'visits',
  inject: (scene) => needDamaged(scene, damage),
}))

const needDamaged = async (scene: Scene, damage: Damage): Promise<string[]> => {
  const { platform } = scene
  const other = await pushPage(scene)
  const path = await pushPage(scene)
  if (other === undefined || path === undefined) return ['the slug has no file to spoil']
  const good = await readFile(path)
  const paths = await pathsOf(platform, path)
  const aside = join(platform.home, 'aside')
  await link(path, aside)
  await damage({ paths, good, other })
  try {
    await platform.kill('engine') // it has looked at this slug already
    await until(async () => ((await platform.pids())['engine'] ?? 0) > 0, { limitMs: 30_000 })
    return [...(await promoteDamaged(scene)), ...(await restartDamaged(platform))]
  } finally {
    await writeFile(aside, good)
    await relink(paths, aside)
    await rm(aside)
    await platform.api('DELETE', `/apps/${STAGING}/dynos`)
  }
}

/** Returns where the page that was pushed lies in the store. */
const pushPage = async (scene: Scene): Promise<string | undefined> => {
  const mark = `f51-${Date.now()}`
  await change(scene, 'push', mark)
  return findBlob(scene.platform, `page ${mark}`)
}

/** The file is linked into each layer that has it. */
const pathsOf = async (platform: FaultPlatform, path: string): Promise<string[]> => {
  const { ino } = await stat(path)
  const found: string[] = []
  const place = join(platform.dataDir, 'artifacts')
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    const one = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await stat(one)).ino === ino) found.push(one)
  }
  return found
}

const overwrite = ([path = '']: string[], bytes: Uint8Array): Promise<void> =>
  writeFile(path, bytes)

const relink = async (paths: string[], to: string): Promise<void> => {
  for (const path of paths) {
    await rm(path)
    await link(to, path)
  }
}

const promoteDamaged = async (scene: Scene): Promise<string[]> => {
  const { platform } = scene
  const before = await newestRelease(platform, 'fast')
  await change(scene, 'promote')
  const { status, failure_reason, current } = await untilReleased(platform, 'fast', before)
  return [
    ...(status === 'failed' && /is damaged: 'page'/.test(failure_reason ?? '')
      ? []
      : [`I9: the promotion of a damaged slug is ${status}: ${failure_reason}`]),
    ...(current ? ['I4: the release that failed is the current one'] : []),
  ]
}

const restartDamaged = async (platform: FaultPlatform): Promise<string[]> => {
  const before = await dynosOf(platform, STAGING)
  await platform.api('DELETE', `/apps/${STAGING}/dynos`)
  const said = await untilLogged(
    platform,
    STAGING,
    /Error R17 \(Checksum error\) -> .* is damaged: 'page'/,
  )
  const now = await dynosOf(platform, STAGING)
  const isServing = before.some(({ id }) => now.some((dyno) => dyno.id === id))
  return isServing ? said : [...said, 'I9: the dyno that ran does so no more']
}
