import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { AddOn, DynoSize, ProcessType } from '#/web/data/types.ts'
import { Icon, ICONS, Mono, Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form, SmallChoice } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem } from '#/web/ui/states.tsx'
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

const AddOns = (): ReactNode => {
  const app = useApp()
  const addOns = useQuery(queries.addOns(app.id))
  const refusal = useRefusal(app.id, 'config')
  const [isAdding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<AddOn>()
  return (
    <Section
      title="Add-ons"
      action={
        <Button refusal={refusal} onClick={() => setAdding(true)}>
          <Icon path={ICONS.plus} />
          Add add-on
        </Button>
      }
    >
      <Loaded query={addOns} what="add-ons">
        {(found) =>
          found.length === 0 ? (
            <Empty title="No add-ons">
              <p className="text-muted">A database is one add-on away.</p>
            </Empty>
          ) : (
            <ul className="card divide-y">
              {found.map((addOn) => (
                <li
                  key={addOn.id}
                  className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3"
                >
                  <span className="min-w-0 flex-1 basis-56">
                    <span className="block font-medium break-words">{addOn.name}</span>
                    <span className="text-sm text-muted">
                      {addOn.addon_service.human_name} {addOn.plan.human_name} as{' '}
                      <Mono>{addOn.config_vars.join(', ')}</Mono>
                      {addOn.app.id !== app.id && ` · belongs to ${addOn.app.name}`}
                    </span>
                  </span>
                  <Status tone={addOn.state === 'provisioned' ? 'good' : 'busy'}>
                    {addOn.state}
                  </Status>
                  {addOn.app.id === app.id && (
                    <Button
                      kind="danger"
                      refusal={refusal}
                      aria-label={`Remove ${addOn.name}`}
                      onClick={() => setRemoving(addOn)}
                    >
                      Remove
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {isAdding && <AddSheet onClose={() => setAdding(false)} />}
      {removing && <RemoveSheet addOn={removing} onClose={() => setRemoving(undefined)} />}
    </Section>
  )
}

const AddSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const app = useApp()
  const services = useQuery(queries.services)
  const [service, setService] = useState('')
  const [plan, setPlan] = useState('')
  const wantedService = service || (services.data?.[0]?.name ?? '')
  const add = useMutation({
    mutationFn: () => request('POST', `/apps/${app.id}/addons`, { body: { plan } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['part', app.id] })
      onClose()
    },
  })
  return (
    <Sheet
      title={`Add an add-on to ${app.name}`}
      about="Its address becomes a config var, and a release makes the app run with it."
      onClose={onClose}
    >
      <Form onSend={() => add.mutate()}>
        <Choice
          label="Service"
          value={wantedService}
          onChoose={setService}
          options={(services.data ?? []).map((one) => ({ value: one.name, text: one.human_name }))}
        />
        {wantedService !== '' && (
          <PlanChoice
            key={wantedService}
            service={wantedService}
            chosen={plan}
            onChoose={setPlan}
          />
        )}
        <Problem error={services.error ?? add.error} />
        <Button
          type="submit"
          kind="main"
          isBusy={add.isPending}
          disabled={plan === ''}
          className="justify-self-start"
        >
          Add
        </Button>
      </Form>
    </Sheet>
  )
}

type PlanChoiceProps = { service: string; chosen: string; onChoose: (plan: string) => void }

const PlanChoice = ({ service, chosen, onChoose }: PlanChoiceProps): ReactNode => {
  const plans = useQuery(queries.plans(service))
  const standard = plans.data?.find((one) => one.default)?.name
  useEffect(() => {
    if (standard !== undefined) onChoose(standard)
  }, [standard, onChoose])
  return (
    <>
      <Choice
        label="Plan"
        value={chosen}
        onChoose={onChoose}
        options={(plans.data ?? []).map(({ name, human_name: text, description }) => ({
          value: name,
          text: `${text} — ${description}`,
        }))}
      />
      <Problem error={plans.error} />
    </>
  )
}

const RemoveSheet = ({ addOn, onClose }: { addOn: AddOn; onClose: () => void }): ReactNode => {
  const app = useApp()
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/apps/${app.id}/addons/${addOn.id}`),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['part', app.id] })
      onClose()
    },
  })
  return (
    <Sheet
      title={`Remove ${addOn.name}`}
      about="All data in it is deleted, and the app runs on without it."
      onClose={onClose}
    >
      <Form onSend={() => remove.mutate()}>
        <Field
          label={`Type ${addOn.name} to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Problem error={remove.error} />
        <Button
          type="submit"
          kind="danger"
          isBusy={remove.isPending}
          disabled={typed !== addOn.name}
          className="justify-self-start"
        >
          Remove and delete its data
        </Button>
      </Form>
    </Sheet>
  )
}
