import { dataDirPaths } from '#/foundation/data-dir.ts'
import { followFeed } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import type { Log } from '#/foundation/log.ts'
import type { ArtifactStore } from '#/artifact-store/artifact-store.ts'
import type { LogWriter } from '#/log-store/log-writer.ts'
import { DYNO_FEED, type EngineReport, type WantedDyno } from '#/platform/dyno/engine.ts'
import { ProcessEngine } from './process/process-engine.ts'

export type Engine = { stop: () => Promise<void> }

type Surroundings = {
  dataDir: string
  store: Pick<ArtifactStore, 'materialize'>
  lines: LogWriter
  log: Log
}

/** Follows the wanted dynos for ever. Stopping it stops no dyno. */
export const startEngine = async ({
  dataDir,
  store,
  lines,
  log,
}: Surroundings): Promise<Engine> => {
  const paths = dataDirPaths(dataDir)
  let report: (report: EngineReport) => void = () => {}
  const engine = await ProcessEngine.start({
    dir: paths.engine,
    runDir: paths.run,
    materialize: store.materialize,
    lines,
    log,
    onReport: (said) => report(said),
  })
  const feed = followFeed<WantedDyno, EngineReport>({
    path: paths.feedSocket,
    feed: DYNO_FEED,
    follower: `engine-${newId()}`,
    log,
    applyTable: (table) => engine.applyTable(table),
    applyChange: (change) => engine.applyChange(change),
    wholeReport: () => engine.wholeReport(),
  })
  report = feed.report
  return {
    stop: async () => {
      feed.stop()
      await engine.leave()
      await lines.stop()
    },
  }
}
