import type { ReactNode } from 'react'
import { parseAnsi } from '#/web/text/ansi.ts'

/** What a program printed, with its colours; React makes text of it, never markup. */
export const AnsiText = ({ text }: { text: string }): ReactNode =>
  parseAnsi(text).map((stretch, index) =>
    stretch.look === '' ? (
      stretch.text
    ) : (
      <span key={index} className={stretch.look}>
        {stretch.text}
      </span>
    ),
  )
