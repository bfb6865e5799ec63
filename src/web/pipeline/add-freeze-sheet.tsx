import { useMutation } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { Pipeline, PipelineStage } from '#/web/data/types.ts'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'

const DAYS = [
  { value: 'Mon', text: 'Monday' },
  { value: 'Tue', text: 'Tuesday' },
  { value: 'Wed', text: 'Wednesday' },
  { value: 'Thu', text: 'Thursday' },
  { value: 'Fri', text: 'Friday' },
  { value: 'Sat', text: 'Saturday' },
  { value: 'Sun', text: 'Sunday' },
]

/** Clock times as the fields hold them. */
type Window = {
  kind: string
  startDay: string
  startTime: string
  endDay: string
  endTime: string
  /** `2026-12-20T16:00` */
  from: string
  until: string
}

const WEEKEND: Window = {
  ...{ kind: 'weekly', startDay: 'Fri', startTime: '16:00', endDay: 'Mon', endTime: '08:00' },
  ...{ from: '', until: '' },
}

const spanOf = (window: Window): { starts: string; ends: string } =>
  window.kind === 'weekly'
    ? {
        starts: `${window.startDay} ${window.startTime}`,
        ends: `${window.endDay} ${window.endTime}`,
      }
    : { starts: window.from, ends: window.until }

type AddFreezeSheetProps = { pipeline: Pipeline; stage: PipelineStage; onClose: () => void }

export const AddFreezeSheet = ({ pipeline, stage, onClose }: AddFreezeSheetProps): ReactNode => {
  const [window, setWindow] = useState(WEEKEND)
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [reason, setReason] = useState('')
  const zones = useId()
  const set = (change: Partial<Window>): void => setWindow({ ...window, ...change })
  const add = useMutation({
    mutationFn: () =>
      request('POST', `/pipelines/${pipeline.id}/freezes`, {
        body: {
          stage: stage.id,
          kind: window.kind,
          ...spanOf(window),
          time_zone: zone.trim(),
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['pipelines'] })
      await queryClient.invalidateQueries({ queryKey: ['plan'] })
      onClose()
    },
  })
  return (
    <Sheet
      title={`Freeze ${stage.name}`}
      about="Meanwhile none of its apps is changed, but by who overrides it with a reason."
      onClose={onClose}
    >
      <Form onSend={() => add.mutate()}>
        <Choice
          label="When"
          value={window.kind}
          onChoose={(kind) => set({ kind })}
          options={[
            { value: 'weekly', text: 'Every week' },
            { value: 'range', text: 'Once, between two dates' },
          ]}
        />
        {window.kind === 'weekly' ? (
          <Weekly window={window} onChange={set} />
        ) : (
          <Range window={window} onChange={set} />
        )}
        <Field
          label="Time zone"
          value={zone}
          list={zones}
          onChange={(event) => setZone(event.target.value)}
        />
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field
          label="Reason (may be left empty)"
          value={reason}
          maxLength={200}
          onChange={(event) => setReason(event.target.value)}
        />
        <Problem error={add.error} />
        <Button type="submit" kind="main" isBusy={add.isPending} className="justify-self-start">
          Add freeze
        </Button>
      </Form>
    </Sheet>
  )
}

type WindowProps = { window: Window; onChange: (change: Partial<Window>) => void }

const Weekly = ({ window, onChange }: WindowProps): ReactNode => (
  <div className="grid grid-cols-2 gap-3">
    <Choice
      label="From day"
      value={window.startDay}
      onChoose={(startDay) => onChange({ startDay })}
      options={DAYS}
    />
    <Field
      label="From time"
      type="time"
      required
      value={window.startTime}
      onChange={(event) => onChange({ startTime: event.target.value })}
    />
    <Choice
      label="Until day"
      value={window.endDay}
      onChoose={(endDay) => onChange({ endDay })}
      options={DAYS}
    />
    <Field
      label="Until time"
      type="time"
      required
      value={window.endTime}
      onChange={(event) => onChange({ endTime: event.target.value })}
    />
  </div>
)

const Range = ({ window, onChange }: WindowProps): ReactNode => (
  <div className="grid gap-3 sm:grid-cols-2">
    <Field
      label="From"
      type="datetime-local"
      required
      value={window.from}
      onChange={(event) => onChange({ from: event.target.value })}
    />
    <Field
      label="Until"
      type="datetime-local"
      required
      value={window.until}
      onChange={(event) => onChange({ until: event.target.value })}
    />
  </div>
)
