import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import { ConfigEditor } from '#/web/ui/config-editor.tsx'
import { useApp } from './app-context.ts'
import { ConfigMark } from './config-mark.tsx'

export const ConfigVars = (): ReactNode => {
  const app = useApp()
  return (
    <ConfigEditor
      title="Config vars"
      vars={useQuery(queries.configVars(app.id))}
      whenEmpty="The app has no config vars."
      about="It makes a new release, with which the dynos start anew."
      refusal={useRefusal(app.id, 'config')}
      asideOf={(key) => <ConfigMark name={key} />}
      onChange={async (change) => {
        await request('PATCH', `/apps/${app.id}/config-vars`, { body: change })
        await queryClient.invalidateQueries({ queryKey: ['part', app.id] })
      }}
    />
  )
}
