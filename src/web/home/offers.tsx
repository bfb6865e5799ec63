import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { AppTransfer } from '#/web/data/types.ts'
import { Ago, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Problem } from '#/web/ui/states.tsx'

/** Apps that others would give to whoever is signed in. */
export const Offers = (): ReactNode => {
  const account = useQuery(queries.account)
  const transfers = useQuery(queries.transfers)
  const mine = transfers.data?.filter(
    ({ state, recipient }) => state === 'pending' && recipient.id === account.data?.id,
  )
  if (!mine?.length) return null
  return (
    <Section title="Offered to you">
      <ul className="card divide-y">
        {mine.map((transfer) => (
          <Offer key={transfer.id} transfer={transfer} />
        ))}
      </ul>
    </Section>
  )
}

const Offer = ({ transfer }: { transfer: AppTransfer }): ReactNode => {
  const answer = useMutation({
    mutationFn: (state: 'accepted' | 'declined') =>
      request('PATCH', `/account/app-transfers/${transfer.id}`, { body: { state } }),
    onSettled: () => queryClient.invalidateQueries(),
  })
  const { name } = transfer.app
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-words">{name}</span>
          <span className="text-sm text-muted">
            {transfer.owner.email}, <Ago time={transfer.created_at} />
          </span>
        </span>
        <Button
          kind="main"
          isBusy={answer.isPending}
          aria-label={`Accept ${name}`}
          onClick={() => answer.mutate('accepted')}
        >
          Accept
        </Button>
        <Button
          isBusy={answer.isPending}
          aria-label={`Decline ${name}`}
          onClick={() => answer.mutate('declined')}
        >
          Decline
        </Button>
      </div>
      <Problem error={answer.error} />
    </li>
  )
}
