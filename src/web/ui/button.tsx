import type { ComponentProps, ReactNode } from 'react'

type Kind = 'main' | 'plain' | 'danger' | 'quiet'

const LOOKS: Record<Kind, string> = {
  main: 'bg-accent text-on-accent border-transparent hover:brightness-110',
  plain: 'bg-surface text-text border-strong-line hover:border-text',
  danger: 'bg-surface text-bad border-bad hover:bg-bad-soft',
  quiet: 'bg-transparent text-muted border-transparent hover:bg-sunken hover:text-text',
}

type ButtonProps = ComponentProps<'button'> & {
  kind?: Kind
  isBusy?: boolean
  /** Why it cannot be used; undefined if it can. */
  refusal?: string | undefined
}

export const buttonLook = (kind: Kind = 'plain'): string =>
  `inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 py-1 text-sm font-medium whitespace-nowrap transition aria-disabled:cursor-not-allowed aria-disabled:opacity-60 aria-disabled:outline-text ${LOOKS[kind]}`

/** One that cannot be used keeps its place and the focus, so that a keyboard finds it, and why. */
export const Button = ({
  kind = 'plain',
  isBusy = false,
  refusal,
  className = '',
  disabled = false,
  onClick,
  children,
  ...rest
}: ButtonProps): ReactNode => {
  const isOff = disabled || isBusy || refusal !== undefined
  return (
    <button
      type="button"
      {...rest}
      title={refusal ?? rest.title}
      aria-disabled={isOff || undefined}
      aria-busy={isBusy || undefined}
      onClick={isOff ? (event) => event.preventDefault() : onClick}
      className={`${buttonLook(kind)} ${className}`}
    >
      {children}
    </button>
  )
}
