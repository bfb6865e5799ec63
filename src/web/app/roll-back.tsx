import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { Release } from '#/web/data/types.ts'
import { Button } from '#/web/ui/button.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { Code } from './app-facts.tsx'

/** For an earlier release that can be gone back to; nothing for any other. */
export const RollBack = ({ release }: { release: Release }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'config')
  const [isOpen, setOpen] = useState(false)
  if (release.current || !release.eligible_for_rollback) return null
  return (
    <>
      <Button
        refusal={refusal}
        onClick={() => setOpen(true)}
        aria-label={`Roll back to v${release.version}`}
      >
        Roll back
      </Button>
      {isOpen && <RollBackSheet release={release} onClose={() => setOpen(false)} />}
    </>
  )
}

const RollBackSheet = ({
  release,
  onClose,
}: {
  release: Release
  onClose: () => void
}): ReactNode => {
  const app = useApp()
  const navigate = useNavigate()
  const rollBack = useMutation({
    mutationFn: () =>
      request<Release>('POST', `/apps/${app.id}/releases`, { body: { release: release.id } }),
    onSuccess: async ({ version }) => {
      await queryClient.invalidateQueries()
      await navigate({
        to: '/apps/$app/releases/$version',
        params: { app: app.name, version: String(version) },
      })
    },
  })
  return (
    <Sheet
      title={`Roll back ${app.name} to v${release.version}`}
      about={`A new release gets the code and the config vars of v${release.version}. Add-ons and what is in them stay as they are.`}
      onClose={onClose}
    >
      <div className="grid gap-4">
        <p>
          <Code appId={app.id} slugId={release.slug?.id} />
        </p>
        <Problem error={rollBack.error} />
        <Button
          kind="main"
          isBusy={rollBack.isPending}
          onClick={() => rollBack.mutate()}
          className="justify-self-start"
        >
          Roll back
        </Button>
      </div>
    </Sheet>
  )
}
