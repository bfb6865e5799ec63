import { setTimeout as pause } from 'node:timers/promises'
import { unauthorized } from '#/foundation/errors.ts'
import { watchAccess } from '#/platform/account/watch-access.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Change } from './change.ts'
import {
  findAppOfBuild,
  hasSession,
  listLateEvents,
  onlyVisibleApps,
} from './event-stream-store.ts'

/** So that neither we nor a proxy between take a silent connection for a dead one. */
const HEARTBEAT_MS = 15_000
/** What comes within this is told together: a deploy changes a dozen rows in a moment. */
const GATHER_MS = 100

const OF_APPS = { deploy_changed: 'deploy', dyno_changed: 'dyno' } as const

type News = { events: boolean; all: boolean; apps: Map<string, Set<string>>; builds: Set<string> }
const noNews = (): News => ({ events: false, all: false, apps: new Map(), builds: new Set() })

/**
 * What changes, as Server-Sent Events, for whoever may see it: `change` says where to look again, `reload` that
 * something may have been missed, so everywhere. A client that comes back begins with a `reload`.
 */
export async function* followChanges(
  { db, notifications }: Pick<Platform, 'db' | 'notifications'>,
  actor: Actor,
  gone: AbortSignal,
  heartbeatMs = HEARTBEAT_MS,
): AsyncGenerator<string> {
  const signal = watchAccess(
    { db, notifications },
    actor,
    async () => {
      if (!(await hasSession(db, actor))) throw unauthorized()
    },
    gone,
  )
  let news = noNews()
  let wake = (): void => {}
  const tell = (note: () => void): void => {
    note()
    wake()
  }
  const orAll = (note: (payload: string) => void) => (payload: string | undefined) =>
    tell(() => (payload === undefined ? (news.all = true) : note(payload)))
  const unsubscribes = [
    notifications.subscribe(
      'event_added',
      orAll(() => (news.events = true)),
    ),
    notifications.subscribe(
      'build_changed',
      orAll((id) => news.builds.add(id)),
    ),
    ...Object.entries(OF_APPS).map(([channel, resource]) =>
      notifications.subscribe(
        channel,
        orAll((id) => news.apps.set(id, (news.apps.get(id) ?? new Set()).add(resource))),
      ),
    ),
  ]
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  const seen = createSeen((await listLateEvents(db, actor)).map(({ id }) => id))
  try {
    yield RELOAD
    while (!signal.aborted) {
      const came = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), heartbeatMs)
        wake = () => {
          clearTimeout(timer)
          resolve(true)
        }
        if (hasNews(news) || signal.aborted) wake()
      })
      if (signal.aborted) return
      if (!came) {
        yield HEARTBEAT
        continue
      }
      await pause(GATHER_MS)
      const told = news
      news = noNews()
      if (told.all) yield RELOAD
      const changes = [...(await changedApps(db, actor, told))]
      if (told.events || told.all)
        changes.push(...(await listLateEvents(db, actor)).filter(({ id }) => seen.isNew(id)))
      if (changes.length > 0) yield changes.map(presentChange).join('')
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    for (const unsubscribe of unsubscribes) unsubscribe()
  }
}

const hasNews = ({ events, all, apps, builds }: News): boolean =>
  events || all || apps.size > 0 || builds.size > 0

const changedApps = async (db: Platform['db'], actor: Actor, news: News): Promise<Change[]> => {
  const apps = new Map(news.apps)
  for (const build of news.builds) {
    const id = await findAppOfBuild(db, build)
    if (id !== undefined) apps.set(id, new Set(apps.get(id)).add('build'))
  }
  if (apps.size === 0) return []
  const visible = await onlyVisibleApps(db, actor, [...apps.keys()])
  return visible.flatMap((appId) =>
    [...(apps.get(appId) ?? [])].map((resource) => ({
      appId,
      pipelineId: null,
      resource,
      action: 'update',
    })),
  )
}

const RELOAD = 'event: reload\ndata: {}\n\n'
const HEARTBEAT = ':\n\n'

const presentChange = ({ appId, pipelineId, resource, action }: Change): string =>
  `event: change\ndata: ${JSON.stringify({
    app: appId === null ? null : { id: appId },
    pipeline: pipelineId === null ? null : { id: pipelineId },
    resource,
    action,
  })}\n\n`

const MOST_SEEN = 20_000

/** Remembers which events were told; those of the last minute are asked for again and again. */
const createSeen = (first: string[]): { isNew: (id: string) => boolean } => {
  const ids = new Set(first)
  return {
    isNew: (id) => {
      if (ids.has(id)) return false
      ids.add(id)
      if (ids.size > MOST_SEEN) for (const old of [...ids].slice(0, MOST_SEEN / 2)) ids.delete(old)
      return true
    },
  }
}
