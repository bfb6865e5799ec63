import { useId, type ReactNode } from 'react'

type SwitchProps = {
  label: string
  about: string
  isOn: boolean
  isBusy: boolean
  /** Why it cannot be used; undefined if it can. */
  refusal: string | undefined
  onChange: (isOn: boolean) => void
}

/** On or off, at once. */
export const Switch = ({
  label,
  about,
  isOn,
  isBusy,
  refusal,
  onChange,
}: SwitchProps): ReactNode => {
  const id = useId()
  return (
    <label className="flex items-start gap-3" title={refusal}>
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        disabled={refusal !== undefined || isBusy}
        aria-describedby={id}
        aria-busy={isBusy || undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-1 size-4 shrink-0 accent-accent"
        aria-label={label}
      />
      <span className="min-w-0">
        <span className="block font-medium">{label}</span>
        <span id={id} className="block text-sm text-muted">
          {about}
        </span>
      </span>
    </label>
  )
}
