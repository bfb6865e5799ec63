import { useEffect, useSyncExternalStore } from 'react'
import { queryClient, queries } from './queries.ts'

type Change = { app: { id: string } | null; resource: string }

const GATHER_MS = 150
const RETRY_MS = 2_000

/** What of an app is asked for again when this goes on; with anything else, all of it. */
const PARTS: Record<string, string[]> = {
  dyno: ['dynos'],
  deploy: ['deploy', 'dynos', 'releases', 'formation'],
  build: ['builds', 'branches'],
  branch: ['branches', 'events'],
}
/** What changes who may do what on all apps of a team, and so on none by name. */
const OF_TEAMS = ['team', 'team-member']
/** What a deploy changes besides: a release is current only once it runs. */
const BY_DEPLOYS = ['app', 'plan', 'promotion']
const LISTS = [
  'apps',
  'app',
  'pipelines',
  'pipeline-events',
  'couplings',
  'plan',
  'teams',
  'team-events',
  'transfers',
  'authorizations',
  'ssh-keys',
  'oauth-clients',
  'add-ons',
  'promotion',
]

let isConnected = true
const listeners = new Set<() => void>()
const setConnected = (next: boolean): void => {
  if (next === isConnected) return
  isConnected = next
  for (const listener of listeners) listener()
}

/** Whether changes come in as they happen. */
export const useIsConnected = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isConnected,
  )

const invalidate = (changes: Change[]): void => {
  const hasDeploys = changes.some(({ resource }) => resource === 'deploy')
  const hasTeams = changes.some(({ resource }) => OF_TEAMS.includes(resource))
  const isBig = changes.some(({ resource }) => PARTS[resource] === undefined)
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [kind, id, name] }) =>
      kind === 'part'
        ? (hasTeams && name === 'collaborators') ||
          changes.some(
            ({ app, resource }) =>
              app?.id === id && (PARTS[resource]?.includes(String(name)) ?? true),
          )
        : (isBig && LISTS.includes(String(kind))) ||
          (hasDeploys && BY_DEPLOYS.includes(String(kind))),
  })
}

/** Keeps what the page shows up to date for as long as it is open. */
export const useLiveChanges = (): void => {
  useEffect(() => {
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let gathered: Change[] = []
    let gathering: ReturnType<typeof setTimeout> | undefined
    let isFirst = true

    const gather = (change: Change): void => {
      gathered.push(change)
      gathering ??= setTimeout(() => {
        gathering = undefined
        const now = gathered
        gathered = []
        invalidate(now)
      }, GATHER_MS)
    }

    const connect = (): void => {
      source = new EventSource('/account/event-stream')
      source.addEventListener('open', () => setConnected(true))
      source.addEventListener('reload', () => {
        // The first time everything has only just been asked for.
        if (!isFirst) void queryClient.invalidateQueries()
        isFirst = false
      })
      source.addEventListener('change', (event) =>
        gather(JSON.parse(String((event as MessageEvent).data)) as Change),
      )
      source.addEventListener('error', () => {
        setConnected(false)
        if (source?.readyState !== EventSource.CLOSED) return
        // It was refused: if that is because nobody is signed in any more, this leads to the sign-in page.
        void queryClient.invalidateQueries({ queryKey: queries.account.queryKey })
        timer = setTimeout(connect, RETRY_MS)
      })
    }

    connect()
    return () => {
      source?.close()
      clearTimeout(timer)
      clearTimeout(gathering)
    }
  }, [])
}
