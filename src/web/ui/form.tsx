import { useId, type ComponentProps, type FormEvent, type ReactNode } from 'react'

type FieldProps = ComponentProps<'input'> & { label: string; hint?: string }

/** With `autoFocus` it has the focus once its page is seen: what is still hidden would only lose it again. */
export const Field = ({ label, hint, autoFocus, ...rest }: FieldProps): ReactNode => {
  const id = useId()
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
        {...rest}
        data-autofocus={autoFocus}
        className="field"
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}

type ChoiceProps = Omit<ComponentProps<'select'>, 'onChange'> & {
  label: string
  options: { value: string; text: string }[]
  onChoose: (value: string) => void
}

export const Choice = ({ label, options, onChoose, ...rest }: ChoiceProps): ReactNode => {
  const id = useId()
  const isGone = rest.value !== '' && !options.some(({ value }) => value === rest.value)
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        {...rest}
        className="field"
        onChange={(event) => onChoose(event.target.value)}
      >
        {isGone && <option value={rest.value}>Not there any more</option>}
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Sends by Enter too. */
export const Form = ({
  onSend,
  className = 'grid gap-4',
  children,
}: {
  onSend: () => void
  className?: string
  children: ReactNode
}): ReactNode => (
  <form
    className={className}
    onSubmit={(event: FormEvent) => {
      event.preventDefault()
      onSend()
    }}
  >
    {children}
  </form>
)

type SmallChoiceProps = {
  label: string
  value: string
  options: { value: string; text: string; isDisabled?: boolean }[]
  refusal?: string | undefined
  isBusy?: boolean
  onChoose: (value: string) => void
}

/** In a row, where the row itself says what it is. As long as it is busy it keeps the focus, but takes nothing. */
export const SmallChoice = ({
  label,
  value,
  options,
  refusal,
  isBusy = false,
  onChoose,
}: SmallChoiceProps): ReactNode => (
  <select
    aria-label={label}
    value={value}
    title={refusal}
    disabled={refusal !== undefined}
    aria-disabled={isBusy || undefined}
    aria-busy={isBusy || undefined}
    onChange={(event) => !isBusy && onChoose(event.target.value)}
    className="field w-auto disabled:opacity-60"
  >
    {options.map(({ value: one, text, isDisabled = false }) => (
      <option key={one} value={one} disabled={isDisabled}>
        {text}
      </option>
    ))}
  </select>
)

type ChecksProps = {
  /** What it is about. */
  label: string
  options: { value: string; text: string; about?: string; refusal?: string | undefined }[]
  chosen: string[]
  refusal?: string | undefined
  onChange: (chosen: string[]) => void
}

/** Any of several. */
export const Checks = ({ label, options, chosen, refusal, onChange }: ChecksProps): ReactNode => (
  <fieldset className="grid gap-2" title={refusal}>
    <legend className="mb-1 text-sm font-medium">{label}</legend>
    {options.map(({ value, text, about, refusal: own }) => (
      <label key={value} className="flex items-start gap-2">
        <input
          type="checkbox"
          checked={chosen.includes(value)}
          disabled={refusal !== undefined || own !== undefined}
          onChange={(event) =>
            onChange(
              options
                .map((option) => option.value)
                .filter((one) => (one === value ? event.target.checked : chosen.includes(one))),
            )
          }
          className="mt-1 size-4 shrink-0 accent-accent"
        />
        <span className="min-w-0">
          {text}
          {about !== undefined && <span className="block text-sm text-muted">{about}</span>}
          {own !== undefined && <span className="block text-sm text-muted">{own}</span>}
        </span>
      </label>
    ))}
  </fieldset>
)
