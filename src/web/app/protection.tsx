import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queryClient } from '#/web/data/queries.ts'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Once } from '#/web/ui/once.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'

/** Whether visitors need a password. */
export const Protection = ({ isProtected }: { isProtected: boolean }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const [isClosing, setClosing] = useState(false)
  const open = useMutation({
    mutationFn: () => request('DELETE', `/apps/${app.id}/protection`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
  return (
    <div className="grid gap-3 p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0">
          <span className="block font-medium">
            {isProtected ? 'Closed to the public' : 'Open to the public'}
          </span>
          <span className="block text-sm text-muted">
            {isProtected
              ? 'The router asks each visitor for a name and a password.'
              : 'Anybody who knows its address may visit the app.'}
          </span>
        </p>
        <span className="flex flex-wrap gap-2">
          <Button refusal={refusal} onClick={() => setClosing(true)}>
            {isProtected ? 'New password…' : 'Close to the public…'}
          </Button>
          {isProtected && (
            <Button refusal={refusal} isBusy={open.isPending} onClick={() => open.mutate()}>
              Open to the public
            </Button>
          )}
        </span>
      </div>
      <Problem error={open.error} />
      {isClosing && <CloseSheet isProtected={isProtected} onClose={() => setClosing(false)} />}
    </div>
  )
}

type CloseSheetProps = { isProtected: boolean; onClose: () => void }

const CloseSheet = ({ isProtected, onClose }: CloseSheetProps): ReactNode => {
  const app = useApp()
  const [wasProtected] = useState(isProtected)
  const [user, setUser] = useState(app.name)
  const close = useMutation({
    mutationFn: () =>
      request<{ user: string; password: string }>('POST', `/apps/${app.id}/protection`, {
        body: { user: user.trim() },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
  return (
    <Sheet
      title={wasProtected ? 'A new password' : `Close ${app.name} to the public`}
      about={
        wasProtected
          ? 'The one before it ends at once.'
          : 'Visitors will need the name and a password, which is made here.'
      }
      onClose={onClose}
    >
      {close.data ? (
        <div className="grid gap-4">
          <Once
            label={`Password for ${close.data.user}`}
            about="It is not shown again."
            text={close.data.password}
          />
          <Button kind="main" onClick={onClose} className="justify-self-start">
            Done
          </Button>
        </div>
      ) : (
        <Form onSend={() => close.mutate()}>
          <Field
            label="Name that goes with the password"
            value={user}
            onChange={(event) => setUser(event.target.value)}
            required
          />
          <Problem error={close.error} />
          <Button type="submit" kind="main" isBusy={close.isPending} className="justify-self-start">
            Make a password
          </Button>
        </Form>
      )}
    </Sheet>
  )
}
