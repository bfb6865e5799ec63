import { useEffect, useId, useState, type ReactNode } from 'react'

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
  /** Until it is known what came of it. */
  const [wanted, setWanted] = useState<boolean>()
  useEffect(() => {
    if (!isBusy) setWanted(undefined)
  }, [isBusy])
  return (
    <label className="flex items-start gap-3">
      <input
        type="checkbox"
        role="switch"
        checked={wanted ?? isOn}
        disabled={refusal !== undefined}
        aria-describedby={id}
        aria-disabled={isBusy || undefined}
        aria-busy={isBusy || undefined}
        onChange={({ target: { checked } }) => {
          if (isBusy) return
          setWanted(checked)
          onChange(checked)
        }}
        className="mt-1 size-4 shrink-0 accent-accent"
        aria-label={label}
      />
      <span className="min-w-0">
        <span className="block font-medium">{label}</span>
        <span id={id} className="block text-sm text-muted">
          {about}
          {refusal !== undefined && ` ${refusal}`}
        </span>
      </span>
    </label>
  )
}
