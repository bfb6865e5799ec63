import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { AddOn } from '#/web/data/types.ts'
import { Icon, ICONS, Mono, Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { AttachSheet } from './attach-sheet.tsx'

/** What serves the app, and comes to it by config vars. */
export const AddOns = (): ReactNode => {
  const app = useApp()
  const addOns = useQuery(queries.addOns(app.id))
  const refusal = useRefusal(app.id, 'config')
  const [isAdding, setAdding] = useState(false)
  const [isAttaching, setAttaching] = useState(false)
  const [removing, setRemoving] = useState<AddOn>()
  return (
    <Section
      title="Add-ons"
      action={
        <span className="flex flex-wrap gap-2">
          <Button refusal={refusal} onClick={() => setAttaching(true)}>
            Attach another app’s…
          </Button>
          <Button refusal={refusal} onClick={() => setAdding(true)}>
            <Icon path={ICONS.plus} />
            Add add-on
          </Button>
        </span>
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
                <Row
                  key={addOn.id}
                  addOn={addOn}
                  refusal={refusal}
                  onRemove={() => setRemoving(addOn)}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isAdding && <AddSheet onClose={() => setAdding(false)} />}
      {isAttaching && <AttachSheet onClose={() => setAttaching(false)} />}
      {removing && <RemoveSheet addOn={removing} onClose={() => setRemoving(undefined)} />}
    </Section>
  )
}

type RowProps = { addOn: AddOn; refusal: string | undefined; onRemove: () => void }

const Row = ({ addOn, refusal, onRemove }: RowProps): ReactNode => {
  const app = useApp()
  const attachments = useQuery(queries.attachments(app.id))
  const own = attachments.data?.filter(({ addon }) => addon.id === addOn.id) ?? []
  const detach = useMutation({
    mutationFn: (id: string) => request('DELETE', `/addon-attachments/${id}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
  const isOwner = addOn.app.id === app.id
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="min-w-0 flex-1 basis-56">
          <span className="block font-medium break-words">{addOn.name}</span>
          <span className="text-sm break-words text-muted">
            {addOn.addon_service.human_name} {addOn.plan.human_name} as{' '}
            <Mono>{own.flatMap(({ config_vars: vars }) => vars).join(', ')}</Mono>
            {!isOwner && ` · belongs to ${addOn.app.name}`}
          </span>
        </span>
        <Status tone={addOn.state === 'provisioned' ? 'good' : 'busy'}>{addOn.state}</Status>
        {isOwner ? (
          <Button
            kind="danger"
            refusal={refusal}
            aria-label={`Remove ${addOn.name}`}
            onClick={onRemove}
          >
            Remove
          </Button>
        ) : (
          own.map(({ id, name }) => (
            <Button
              key={id}
              kind="danger"
              refusal={refusal}
              isBusy={detach.isPending}
              title="The add-on and its data stay with the app that it belongs to."
              onClick={() => detach.mutate(id)}
            >
              Detach {name}
            </Button>
          ))
        )}
      </div>
      <Problem error={detach.error} />
    </li>
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
