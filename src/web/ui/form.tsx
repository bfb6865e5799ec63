import { useId, type ComponentProps, type FormEvent, type ReactNode } from 'react'

type FieldProps = ComponentProps<'input'> & { label: string; hint?: string }

export const Field = ({ label, hint, ...rest }: FieldProps): ReactNode => {
  const id = useId()
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
        {...rest}
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
