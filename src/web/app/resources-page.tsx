import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { DynoSize, ProcessType } from '#/web/data/types.ts'
import { Icon, ICONS, Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { SmallChoice } from '#/web/ui/form.tsx'
import { Empty, Loaded, Problem } from '#/web/ui/states.tsx'
import { AddOns } from './add-ons.tsx'
import { useApp } from './app-context.ts'

export const ResourcesPage = (): ReactNode => (
  <>
    <Dynos />
    <AddOns />
  </>
)

const Dynos = (): ReactNode => {
  const app = useApp()
  const formation = useQuery(queries.formation(app.id))
  return (
    <Section title="Dynos">
      <Loaded query={formation} what="process types">
        {(found) =>
          found.length === 0 ? (
            <Empty title="No process types yet">
              <p className="text-muted">They come with the code: from its Procfile.</p>
            </Empty>
          ) : (
            <ul className="card divide-y">
              {found.filter(isScalable).map((process) => (
                <ProcessRow key={process.id} process={process} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}

/** The release phase runs by itself, once a release. */
const isScalable = ({ type }: ProcessType): boolean => type !== 'release'

const ProcessRow = ({ process }: { process: ProcessType }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const scale = useMutation({
    mutationFn: (body: { quantity: number } | { size: string }) =>
      request('PATCH', `/apps/${app.id}/formation/${process.type}`, { body }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
  const sizes = useQuery(queries.dynoSizes)
  const { type, quantity } = process
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="font-medium">{type}</span>
          <span className="block truncate">
            <Mono title={process.command}>{process.command}</Mono>
          </span>
        </span>
        <SmallChoice
          label={`Size of ${type}`}
          value={process.size}
          options={sizesFor(process, sizes.data)}
          refusal={refusal}
          isBusy={scale.isPending}
          onChoose={(size) => scale.mutate({ size })}
        />
        <div role="group" aria-label={`Quantity of ${type}`} className="flex items-center gap-1">
          <Button
            aria-label={`One ${type} less`}
            refusal={refusal}
            disabled={quantity === 0}
            isBusy={scale.isPending}
            onClick={() => scale.mutate({ quantity: quantity - 1 })}
            className="w-9 px-0"
          >
            <Icon path={ICONS.minus} />
          </Button>
          <output aria-label={`Dynos of ${type}`} className="w-10 text-center font-medium">
            {quantity}
          </output>
          <Button
            aria-label={`One ${type} more`}
            refusal={refusal}
            isBusy={scale.isPending}
            onClick={() => scale.mutate({ quantity: quantity + 1 })}
            className="w-9 px-0"
          >
            <Icon path={ICONS.plus} />
          </Button>
        </div>
      </div>
      <Problem error={scale.error} />
    </li>
  )
}

/** Each with the memory that a dyno of it gets. */
const sizesFor = ({ size }: ProcessType, sizes: DynoSize[] | undefined) =>
  sizes?.map(({ name, memory }) => ({
    value: name,
    text: `${name}, ${memory < 1 ? `${memory * 1024} MB` : `${memory} GB`}`,
  })) ?? [{ value: size, text: size }]
