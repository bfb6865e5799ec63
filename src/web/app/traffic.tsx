import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Traffic as TrafficSettings } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { Switch } from '#/web/ui/switch.tsx'
import { useDraft } from '#/web/ui/use-draft.ts'
import { useApp } from './app-context.ts'
import { Protection } from './protection.tsx'

/** How the router serves the app. */
export const Traffic = (): ReactNode => {
  const app = useApp()
  const query = useQuery(queries.trafficSettings(app.id))
  return (
    <Section title="Traffic">
      <Loaded query={query} what="traffic settings">
        {(traffic) => (
          <div className="card divide-y">
            <HttpsOnly isOn={traffic.https_only} />
            <Protection isProtected={traffic.protected} />
            <Limits traffic={traffic} />
          </div>
        )}
      </Loaded>
    </Section>
  )
}

type Change = { https_only?: boolean; request_limit?: number | null; drain_seconds?: number | null }

const useChange = () => {
  const app = useApp()
  return useMutation({
    mutationFn: (body: Change) => request('PATCH', `/apps/${app.id}/traffic`, { body }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
}

const HttpsOnly = ({ isOn }: { isOn: boolean }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const change = useChange()
  return (
    <div className="grid gap-3 p-4">
      <Switch
        label="HTTPS only"
        about="Whoever comes by plain HTTP is sent on to HTTPS."
        isOn={isOn}
        isBusy={change.isPending}
        refusal={refusal}
        onChange={(https_only) => change.mutate({ https_only })}
      />
      <Problem error={change.error} />
    </div>
  )
}

const textOf = (limit: number | null): string => (limit === null ? '' : String(limit))
const limitOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))

const Limits = ({ traffic }: { traffic: TrafficSettings }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const { draft, edited, set, saved } = useDraft({
    requests: textOf(traffic.request_limit),
    drain: textOf(traffic.drain_seconds),
  })
  const change = useChange()
  const wanted = {
    ...(edited.requests === undefined ? {} : { request_limit: limitOf(edited.requests) }),
    ...(edited.drain === undefined ? {} : { drain_seconds: limitOf(edited.drain) }),
  }
  const isSame =
    limitOf(draft.requests) === traffic.request_limit &&
    limitOf(draft.drain) === traffic.drain_seconds
  return (
    <Form
      onSend={() => change.mutate(wanted, { onSuccess: () => saved(edited) })}
      className="grid gap-4 p-4"
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Requests at once"
          hint="More are answered with 503 (H11). Empty: the platform's limit."
          type="number"
          min={1}
          max={100_000}
          value={draft.requests}
          disabled={refusal !== undefined}
          onChange={(event) => set({ requests: event.target.value })}
        />
        <Field
          label="Seconds to drain"
          hint="How long a dyno that is replaced may take to answer what it has. Empty: the platform's limit."
          type="number"
          min={1}
          max={600}
          value={draft.drain}
          disabled={refusal !== undefined}
          onChange={(event) => set({ drain: event.target.value })}
        />
      </div>
      <Problem error={change.error} />
      <Button
        type="submit"
        refusal={refusal}
        isBusy={change.isPending}
        disabled={isSame}
        className="justify-self-start"
      >
        Save limits
      </Button>
    </Form>
  )
}
