import { randomInt } from 'node:crypto'
import type { AddOnService } from './add-on-service.ts'

export type AddOnState = 'provisioning' | 'provisioned' | 'deprovisioned'

/** A resource that the platform keeps for an app, such as a database. */
export type AddOn = {
  id: string
  name: string
  /** The app that owns it; its attachments may be on others too. */
  appId: string
  appName: string
  teamId: string
  service: string
  /** `service:level` */
  plan: string
  state: AddOnState
  /** Names of its attachments on the owning app. */
  attachedAs: string[]
  createdBy: string | null
  createdByName: string
  createdAt: Date
  updatedAt: Date
}

/** An add-on as one app sees it: DATABASE gives the app DATABASE_URL. */
export type Attachment = {
  id: string
  name: string
  appId: string
  appName: string
  teamId: string
  addOnId: string
  addOnName: string
  addOnAppId: string
  addOnAppName: string
  plan: string
  createdAt: Date
  updatedAt: Date
}

export const NAME_RULE =
  'Name must start with a letter and can only contain letters, digits, dashes and underscores, 3 to 60 characters in all.'
export const isValidAddOnName = (name: string): boolean =>
  /^[a-zA-Z][A-Za-z0-9_-]{2,59}$/.test(name)

export const ATTACHMENT_NAME_RULE =
  'The attachment name must start with a letter and can only contain letters, digits and underscores, at most 60 characters in all.'
export const isValidAttachmentName = (name: string): boolean => /^[A-Z][A-Z0-9_]{0,59}$/.test(name)

/** `postgresql-cubed-12345` */
export const newAddOnName = ({ namePrefix }: Pick<AddOnService, 'namePrefix'>): string =>
  `${namePrefix}-${SHAPES[randomInt(SHAPES.length)]}-${randomInt(10_000, 100_000)}`

const SHAPES =
  'angular circular concave conical convex crystalline cubed curved cylindrical elliptical flat globular hexagonal horizontal octagonal opaque parallel pointy rectangular rigid round rugged slender solid spherical symmetrical tapered triangular undulating vertical'.split(
    ' ',
  )

/** The variable that an attachment of that name gives. */
export const configVarOf = (attachmentName: string): string => `${attachmentName}_URL`

/** What an attachment adds to the app's config. */
export const attachedConfig = (attachmentName: string, url: string): Record<string, string> => ({
  [configVarOf(attachmentName)]: url,
})

const COLORS =
  'AMBER AQUA BLACK BLUE BRONZE BROWN CHARCOAL COBALT COPPER CRIMSON CYAN GOLD GRAY GREEN IVORY JADE MAROON MAUVE NAVY OLIVE ONYX ORANGE PINK PUCE PURPLE RED ROSE SILVER TEAL VIOLET WHITE YELLOW'.split(
    ' ',
  )

/** DATABASE for the first, then a color: HEROKU_POSTGRESQL_AMBER. */
export const freeAttachmentName = (
  service: Pick<AddOnService, 'firstAttachment' | 'attachmentPrefix'>,
  isTaken: (name: string) => boolean,
): string => {
  if (!isTaken(service.firstAttachment)) return service.firstAttachment
  for (let round = 1; ; round++)
    for (const color of COLORS) {
      const name = `${service.attachmentPrefix}_${color}${round === 1 ? '' : `_${round}`}`
      if (!isTaken(name)) return name
    }
}
