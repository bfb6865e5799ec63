import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { Pipeline } from '#/web/data/types.ts'
import { Icon, ICONS, Mono, Section, Status, type Tone } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Checks, Choice, Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem, Reason } from '#/web/ui/states.tsx'

type Props = { pipeline: Pipeline }
type Rule = NonNullable<Pipeline['path_rules']>[number]
/** Without a rule the one of that name is removed. */
type Change = { name: string; rule?: Omit<Rule, 'name'> }

const TONES: Record<Rule['level'], Tone> = { blocking: 'bad', warning: 'warn', info: 'none' }
const LEVELS = { blocking: 'a problem', warning: 'a warning', info: 'a note' }

const useSave = (pipeline: Pipeline, onSaved?: () => void) =>
  useMutation({
    mutationFn: ({ name, rule }: Change) =>
      request(
        rule ? 'PUT' : 'DELETE',
        `/pipelines/${pipeline.id}/path-rules/${encodeURIComponent(name)}`,
        rule ? { body: rule } : {},
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['pipelines'] })
      await queryClient.invalidateQueries({ queryKey: ['plan'] })
      onSaved?.()
    },
  })

/** What a plan says when files of some paths change, besides what it says by itself. */
export const PathRules = ({ pipeline }: Props): ReactNode => {
  const rules = pipeline.path_rules ?? []
  const refusal = usePipelineRefusal(pipeline)
  const [isAdding, setAdding] = useState(false)
  const save = useSave(pipeline)
  return (
    <Section
      title="Rules for paths"
      action={
        <Button refusal={refusal} onClick={() => setAdding(true)}>
          <Icon path={ICONS.plus} />
          Add rule
        </Button>
      }
    >
      <div className="card divide-y">
        <p className="p-4 text-muted">
          A plan already tells of changed migrations and static files of Django, Rails and Node. A
          rule of the same name replaces one of these; what an app’s app.json says goes before both.
        </p>
        {rules.length > 0 && (
          <ul className="divide-y" aria-label="Rules">
            {rules.map((rule) => (
              <li key={rule.name} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="min-w-0 flex-1 basis-56">
                  <p className="font-medium break-words">{rule.name}</p>
                  <p className="text-sm break-words">
                    <Mono>{rule.paths.join(' ')}</Mono>
                  </p>
                  <Status tone={TONES[rule.level]}>
                    {rule.message}
                    {rule.downtime && ' (with downtime)'}
                  </Status>
                </div>
                <Button
                  kind="danger"
                  aria-label={`Remove ${rule.name}`}
                  refusal={refusal}
                  isBusy={save.isPending}
                  onClick={() => save.mutate({ name: rule.name })}
                >
                  Remove
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="mt-2 grid gap-2">
        <Reason text={refusal} />
        <Problem error={save.error} />
      </div>
      {isAdding && (
        <AddRuleSheet pipeline={pipeline} rules={rules} onClose={() => setAdding(false)} />
      )}
    </Section>
  )
}

type AddRuleSheetProps = Props & { rules: Rule[]; onClose: () => void }

const AddRuleSheet = ({ pipeline, rules, onClose }: AddRuleSheetProps): ReactNode => {
  const [name, setName] = useState('')
  const [rule, setRule] = useState<Omit<Rule, 'name' | 'paths'>>({
    ...{ message: '', level: 'warning', downtime: false },
  })
  const [paths, setPaths] = useState('')
  const save = useSave(pipeline, onClose)
  const send = (): void =>
    save.mutate({
      name: name.trim(),
      rule: { ...rule, paths: paths.split(/\s+/).filter((path) => path !== '') },
    })
  return (
    <Sheet
      title="Add a rule for paths"
      about="A plan tells of it when one of the files has changed."
      onClose={onClose}
    >
      <Form onSend={send}>
        <Field
          label="Name"
          hint="Lowercase letters, digits and dashes."
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label="Paths"
          hint="Parted by spaces. * is part of one name, ** any number of folders: db/migrate/*"
          value={paths}
          onChange={(event) => setPaths(event.target.value)}
        />
        <Field
          label="What the plan says"
          value={rule.message}
          onChange={(event) => setRule({ ...rule, message: event.target.value })}
        />
        <Choice
          label="It is"
          value={rule.level}
          onChoose={(level) => setRule({ ...rule, level: levelOf(level) })}
          options={Object.entries(LEVELS).map(([value, text]) => ({ value, text }))}
        />
        <Checks
          label="Meanwhile"
          options={[{ value: 'downtime', text: 'Requests may fail' }]}
          chosen={rule.downtime ? ['downtime'] : []}
          onChange={(chosen) => setRule({ ...rule, downtime: chosen.length > 0 })}
        />
        <Problem error={save.error} />
        <Button
          type="submit"
          kind="main"
          isBusy={save.isPending}
          disabled={name.trim() === ''}
          className="justify-self-start"
        >
          {rules.some((one) => one.name === name.trim()) ? 'Replace the rule' : 'Add rule'}
        </Button>
      </Form>
    </Sheet>
  )
}

const levelOf = (text: string): Rule['level'] =>
  text === 'blocking' || text === 'info' ? text : 'warning'
