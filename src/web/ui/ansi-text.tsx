import type { CSSProperties, ReactNode } from 'react'
import { readableOn } from '#/web/text/ansi-colour.ts'
import { parseAnsi, type Stretch } from '#/web/text/ansi.ts'

/** What a program printed, with its colours; React makes text of it, never markup, and properties, never attributes. */
export const AnsiText = ({ text }: { text: string }): ReactNode =>
  parseAnsi(text).map((stretch, index) =>
    isPlain(stretch) ? (
      stretch.text
    ) : (
      <span key={index} className={classOf(stretch)} style={styleOf(stretch)}>
        {stretch.text}
      </span>
    ),
  )

const isPlain = ({ look, ink, paper }: Stretch): boolean =>
  look === '' && ink === undefined && paper === undefined

const classOf = ({ look, ink, paper }: Stretch): string =>
  ink === undefined || paper !== undefined ? look : `ansi-ink ${look}`

type Style = CSSProperties & { '--ink'?: string }

const styleOf = ({ ink, paper }: Stretch): Style | undefined => {
  if (paper !== undefined) return { backgroundColor: paper, color: readableOn(paper, ink) }
  return ink === undefined ? undefined : { '--ink': ink }
}
