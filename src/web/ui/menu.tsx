import * as Dropdown from '@radix-ui/react-dropdown-menu'
import type { ReactNode } from 'react'
import { isFocusFree } from './focus.ts'

const ITEM =
  'flex w-full min-h-9 items-center rounded px-3 py-1.5 text-sm select-none outline-none data-[highlighted]:bg-sunken data-[disabled]:opacity-60'

/** A button with a list of things to do, which opens where it stands, and so in the same landmark of the page. */
export const Menu = ({
  trigger,
  children,
}: {
  trigger: ReactNode
  children: ReactNode
}): ReactNode => (
  <Dropdown.Root modal={false}>
    <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
    <Dropdown.Content
      align="end"
      sideOffset={6}
      collisionPadding={12}
      // Else its button takes the focus from the page or the sheet that an item has led to.
      onCloseAutoFocus={(event) => !isFocusFree() && event.preventDefault()}
      className="z-50 max-w-80 min-w-48 rounded-lg border bg-surface p-1 shadow-lg"
    >
      {children}
    </Dropdown.Content>
  </Dropdown.Root>
)

export const MenuItem = ({
  onChoose,
  isDisabled = false,
  isBad = false,
  children,
}: {
  onChoose: () => void
  isDisabled?: boolean
  isBad?: boolean
  children: ReactNode
}): ReactNode => (
  <Dropdown.Item
    onSelect={onChoose}
    disabled={isDisabled}
    className={`${ITEM} ${isBad ? 'text-bad' : ''}`}
  >
    {children}
  </Dropdown.Item>
)

export const MenuLabel = ({ children }: { children: ReactNode }): ReactNode => (
  <Dropdown.Label className="px-3 py-1.5 text-sm break-words text-muted">{children}</Dropdown.Label>
)

export const MenuLine = (): ReactNode => <Dropdown.Separator className="my-1 h-px bg-line" />
