import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Danger } from '#/web/ui/danger.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { Buildpacks } from './buildpacks.tsx'
import { Certificates } from './certificates.tsx'
import { ConfigVars } from './config-vars.tsx'
import { Domains } from './domains.tsx'
import { Features } from './features.tsx'
import { LogDrains } from './log-drains.tsx'
import { Owner } from './owner.tsx'
import { Traffic } from './traffic.tsx'

export const SettingsPage = (): ReactNode => {
  const app = useApp()
  const navigate = useNavigate()
  const refusal = useRefusal(app.id, 'manage')
  return (
    <>
      <ConfigVars />
      <Buildpacks />
      <Domains />
      <Certificates />
      <Traffic />
      <LogDrains />
      <Features />
      <Name key={app.name} app={app} />
      <Maintenance app={app} />
      <Owner />
      <Danger
        thing="app"
        name={app.name}
        about="Its dynos, releases, add-ons and their data are gone for good."
        refusal={refusal}
        onDelete={() => request('DELETE', `/apps/${app.id}`)}
        onDeleted={async () => {
          await navigate({ to: '/' })
          await queryClient.invalidateQueries()
        }}
      />
    </>
  )
}

const Name = ({ app }: { app: App }): ReactNode => {
  const navigate = useNavigate()
  const [name, setName] = useState(app.name)
  const refusal = useRefusal(app.id, 'manage')
  const rename = useMutation({
    mutationFn: () => request<App>('PATCH', `/apps/${app.id}`, { body: { name: name.trim() } }),
    onSuccess: async (renamed) => {
      await navigate({ to: '/apps/$app/settings', params: { app: renamed.name } })
      await queryClient.invalidateQueries()
    },
  })
  return (
    <Section title="Name">
      <Form onSend={() => rename.mutate()} className="card grid gap-3 p-4">
        <Field
          label="Name of the app"
          hint="Its address and its git URL change with it; the old ones stop working."
          value={name}
          disabled={refusal !== undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <Problem error={rename.error} />
        <Button
          type="submit"
          refusal={refusal}
          isBusy={rename.isPending}
          disabled={name.trim() === app.name || name.trim() === ''}
          className="justify-self-start"
        >
          Rename
        </Button>
      </Form>
    </Section>
  )
}

const Maintenance = ({ app }: { app: App }): ReactNode => {
  const refusal = useRefusal(app.id, 'operate')
  const change = useMutation({
    mutationFn: () =>
      request('PATCH', `/apps/${app.id}`, { body: { maintenance: !app.maintenance } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.app(app.name).queryKey }),
  })
  return (
    <Section title="Maintenance mode">
      <div className="card grid gap-3 p-4">
        <p className="text-muted">
          {app.maintenance
            ? 'Visitors get a page that says so. The dynos go on running.'
            : 'While it is on, visitors get a page that says so instead of the app.'}
        </p>
        <Problem error={change.error} />
        <Button
          refusal={refusal}
          isBusy={change.isPending}
          onClick={() => change.mutate()}
          className="justify-self-start"
        >
          {app.maintenance ? 'Turn maintenance mode off' : 'Turn maintenance mode on'}
        </Button>
      </div>
    </Section>
  )
}
