import { useMutation, type QueryKey } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queryClient } from '#/web/data/queries.ts'
import { Button } from './button.tsx'
import { Problem } from './states.tsx'

type RemovableRowProps = {
  /** What the button removes, in words. */
  name: string
  title: ReactNode
  about: ReactNode
  /** What is deleted by the API. */
  path: string
  queryKey: QueryKey
  action?: string
  refusal?: string | undefined
  children?: ReactNode
}

/** In a list: something that is there until somebody removes it. */
export const RemovableRow = ({
  name,
  title,
  about,
  path,
  queryKey,
  action = 'Remove',
  refusal,
  children,
}: RemovableRowProps): ReactNode => {
  const remove = useMutation({
    mutationFn: () => request('DELETE', path),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  })
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-words">{title}</span>
          <span className="text-sm break-words text-muted">{about}</span>
        </span>
        {children}
        <Button
          kind="danger"
          refusal={refusal}
          isBusy={remove.isPending}
          aria-label={`${action} ${name}`}
          onClick={() => remove.mutate()}
        >
          {action}
        </Button>
      </div>
      <Problem error={remove.error} />
    </li>
  )
}
