import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { AddOn } from '#/web/data/types.ts'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'

/** Gives the app an add-on that belongs to another. */
export const AttachSheet = ({ onClose }: { onClose: () => void }): ReactNode => {
  const app = useApp()
  const addOns = useQuery(queries.allAddOns)
  const attachments = useQuery(queries.attachments(app.id))
  const isOther = ({ id, app: owner }: AddOn): boolean =>
    owner.id !== app.id && !attachments.data?.some(({ addon }) => addon.id === id)
  return (
    <Sheet
      title={`Attach an add-on to ${app.name}`}
      about="It stays with the app that it belongs to; its address becomes a config var here too, by a release."
      onClose={onClose}
    >
      <Loaded query={addOns} what="add-ons" lines={2}>
        {(all) => {
          const others = all.filter(isOther)
          return others.length === 0 ? (
            <Empty title="No other app has an add-on that you may see" />
          ) : (
            <Attach addOns={others} onClose={onClose} />
          )
        }}
      </Loaded>
    </Sheet>
  )
}

const Attach = ({ addOns, onClose }: { addOns: AddOn[]; onClose: () => void }): ReactNode => {
  const app = useApp()
  const [chosen, setChosen] = useState(addOns[0]?.id ?? '')
  const [name, setName] = useState('')
  const attach = useMutation({
    mutationFn: () =>
      request('POST', '/addon-attachments', {
        body: {
          addon: chosen,
          app: app.id,
          ...(name.trim() === '' ? {} : { name: name.trim() }),
        },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['part', app.id] })
      onClose()
    },
  })
  return (
    <Form onSend={() => attach.mutate()}>
      <Choice
        label="Add-on"
        value={chosen}
        onChoose={setChosen}
        options={addOns.map((addOn) => ({
          value: addOn.id,
          text: `${addOn.name}, ${addOn.addon_service.human_name} of ${addOn.app.name}`,
        }))}
      />
      <Field
        label="Name here"
        hint="As SESSIONS makes SESSIONS_URL. Empty: the next name that is free."
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Problem error={attach.error} />
      <Button type="submit" kind="main" isBusy={attach.isPending} className="justify-self-start">
        Attach
      </Button>
    </Form>
  )
}
