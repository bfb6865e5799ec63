import * as Dialog from '@radix-ui/react-dialog'
import { useState, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { Icon, ICONS } from './bits.tsx'
import { focusPlaceOf, giveFocusBack, isFocusFree, type FocusPlace } from './focus.ts'

type SheetProps = {
  title: string
  about: string
  onClose: () => void
  /** At the right side over the whole height, or in the middle. */
  place?: 'side' | 'middle'
  children: ReactNode
}

/** Radix' own overlay would lock scrolling by a style element, which our policy forbids: ours only dims. */
export const Sheet = ({
  title,
  about,
  onClose,
  place = 'middle',
  children,
}: SheetProps): ReactNode => {
  const [opener] = useState(focusedBefore)
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-30 bg-[rgb(0_0_0/0.45)]" />
        <Dialog.Content
          onOpenAutoFocus={place === 'middle' ? focusFirst : undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            // Not from the field of the page that came instead, or from what one went to meanwhile.
            if (isFocusFree()) giveFocusBack(opener)
          }}
          className={`fixed z-40 flex flex-col overflow-y-auto overscroll-contain border bg-surface p-5 shadow-xl sm:p-6 ${
            place === 'side'
              ? 'inset-y-0 right-0 w-full max-w-xl'
              : 'top-[12vh] left-1/2 max-h-[76vh] w-[calc(100%-2rem)] max-w-lg -translate-x-1/2 rounded-xl'
          }`}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div className="min-w-0">
              <Dialog.Title className="text-lg font-semibold break-words">{title}</Dialog.Title>
              <Dialog.Description className="text-sm text-muted">{about}</Dialog.Description>
            </div>
            <Dialog.Close asChild>
              <Button kind="quiet" aria-label="Close" className="-mt-1 -mr-2">
                <Icon path={ICONS.close} />
              </Button>
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** The first field, in which one types at once; where there is none it is the button by which the sheet is closed. */
const focusFirst = (event: Event): void => {
  const sheet = event.currentTarget
  const field = sheet instanceof Element ? sheet.querySelector(FIELD) : null
  if (!(field instanceof HTMLElement)) return
  event.preventDefault()
  field.focus()
}

const FIELD =
  'form :is(input:not([type=checkbox], [type=radio], [readonly]), select, textarea):enabled'

const focusedBefore = (): FocusPlace | undefined =>
  document.activeElement ? focusPlaceOf(document.activeElement) : undefined
