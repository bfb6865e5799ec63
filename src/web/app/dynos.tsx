import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Dyno } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { Ago, Mono, Section, Status, type Tone } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Problem } from '#/web/ui/states.tsx'

const TONES: Record<string, Tone> = { up: 'good', starting: 'busy', crashed: 'bad' }

const isOneOff = ({ type }: Dyno): boolean => type === 'run' || type === 'release'

/** All, if none is named. A one-off dyno has only one life. */
const startAnew = (appId: string, dyno: Dyno | undefined): Promise<unknown> => {
  if (!dyno) return request('DELETE', `/apps/${appId}/dynos`)
  return isOneOff(dyno)
    ? request('POST', `/apps/${appId}/dynos/${dyno.name}/actions/stop`)
    : request('DELETE', `/apps/${appId}/dynos/${dyno.name}`)
}

/** What runs of the app, with a way to start it anew. */
export const Dynos = ({ appId }: { appId: string }): ReactNode => {
  const dynos = useQuery(queries.dynos(appId))
  const refusal = useRefusal(appId, 'operate')
  const restart = useMutation({
    mutationFn: (dyno: Dyno | undefined) => startAnew(appId, dyno),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', appId, 'dynos'] }),
  })
  if (!dynos.data?.length) return null
  return (
    <Section
      title="Dynos"
      action={
        <Button
          refusal={refusal}
          isBusy={restart.isPending}
          onClick={() => restart.mutate(undefined)}
        >
          Restart all
        </Button>
      }
    >
      <Problem error={restart.error} />
      <ul className="card divide-y">
        {dynos.data.map((dyno) => (
          <li
            key={dyno.id}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[8rem_minmax(0,1fr)_auto]"
          >
            <span className="font-medium">{dyno.name}</span>
            <span className="min-w-0 truncate max-sm:order-last max-sm:col-span-2">
              <Mono title={dyno.command}>{dyno.command}</Mono>
              {dyno.reason !== null && (
                <span className="block text-sm whitespace-normal text-bad">
                  {plainText(dyno.reason)}
                </span>
              )}
            </span>
            <span className="flex items-baseline gap-3">
              <span className="text-sm text-muted max-sm:hidden">
                v{dyno.release.version} · <Ago time={dyno.updated_at} />
              </span>
              <Status tone={TONES[dyno.state] ?? 'none'}>{dyno.state}</Status>
              <Button
                kind="quiet"
                refusal={refusal}
                isBusy={restart.isPending}
                aria-label={`${isOneOff(dyno) ? 'Stop' : 'Restart'} ${dyno.name}`}
                onClick={() => restart.mutate(dyno)}
              >
                {isOneOff(dyno) ? 'Stop' : 'Restart'}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
