import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import { SmallChoice } from '#/web/ui/form.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'

const BY_NAME = 'by-name'
const OPTIONS = [
  { value: BY_NAME, text: 'Log: by its name' },
  { value: 'secret', text: 'Log: taken out' },
  { value: 'plain', text: 'Log: left in' },
]

/** Whether the value of a config var is taken out of the log; without a mark its name tells (KEY, TOKEN, SECRET, PASS …). */
export const ConfigMark = ({ name }: { name: string }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'config')
  const marks = useQuery({ ...queries.logMarks(app.id), enabled: refusal === undefined })
  const change = useMutation({
    mutationFn: (mark: string) =>
      request('PATCH', `/apps/${app.id}/config-vars/marks`, {
        body: { [name]: mark === BY_NAME ? null : mark },
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
  return (
    <>
      <SmallChoice
        label={`${name} in the log`}
        value={marks.data?.[name] ?? BY_NAME}
        options={OPTIONS}
        refusal={refusal}
        isBusy={change.isPending || !marks.data}
        onChoose={(mark) => change.mutate(mark)}
      />
      <Problem error={change.error ?? marks.error} />
    </>
  )
}
