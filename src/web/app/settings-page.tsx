import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Danger } from '#/web/ui/danger.tsx'
import { Rename } from '#/web/ui/rename.tsx'
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
      <Name app={app} />
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
  return (
    <Rename
      thing="app"
      name={app.name}
      hint="Its address and its git URL change with it; the old ones stop working."
      refusal={useRefusal(app.id, 'manage')}
      onRename={async (name) => {
        const renamed = await request<App>('PATCH', `/apps/${app.id}`, { body: { name } })
        queryClient.setQueryData(queries.app(renamed.name).queryKey, renamed)
        await navigate({ to: '/apps/$app/settings', params: { app: renamed.name } })
        await queryClient.invalidateQueries()
      }}
    />
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
