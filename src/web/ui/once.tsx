import { useRef, useState, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { Field } from './form.tsx'

/** A secret that the API tells but once, to be copied. */
export const Once = ({
  label,
  about,
  text,
}: {
  label: string
  about: string
  text: string
}): ReactNode => {
  const field = useRef<HTMLInputElement>(null)
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    field.current?.select()
    await navigator.clipboard?.writeText(text)
    setCopied(true)
  }
  return (
    <div className="grid gap-3">
      <Field ref={field} label={label} hint={about} value={text} readOnly />
      <div className="flex items-center gap-3">
        <Button onClick={() => void copy().catch(() => {})}>Copy</Button>
        <span role="status" className="text-sm text-muted">
          {isCopied && 'Copied'}
        </span>
      </div>
    </div>
  )
}
