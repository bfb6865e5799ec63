import { Type, type Static } from 'typebox'
import { Reference } from '#/platform/app/reference.ts'
import { stackAsked } from '#/platform/app/stack-schema.ts'
import type { App } from '#/platform/app/app.ts'
import type { NewSlugUpload } from './create-slug-upload.ts'

const textOrNull = (options: { maxLength: number; pattern?: string }) =>
  Type.Optional(Type.Union([Type.String(options), Type.Null()]))
/** Shown in logs and in a terminal: no control characters. */
const LINE = '^[^\\p{C}]*$'

/** Heroku wants `process_types`; without any the Procfile of the slug's files says. */
export const CreateSlug = Type.Object({
  process_types: Type.Optional(Type.Record(Type.String(), Type.String())),
  stack: Type.Optional(Reference),
  commit: textOrNull({ maxLength: 200, pattern: LINE }),
  commit_description: textOrNull({ maxLength: 1_000 }),
  buildpack_provided_description: textOrNull({ maxLength: 200, pattern: LINE }),
  checksum: textOrNull({ maxLength: 100, pattern: '^(?:[sS][hH][aA]256:)?[0-9a-fA-F]{64}$' }),
})

export const uploadOf = (app: App, body: Static<typeof CreateSlug>): NewSlugUpload => ({
  processTypes: body.process_types ?? {},
  stack: body.stack === undefined ? app.buildStack : stackAsked(body.stack),
  commit: body.commit || null,
  commitDescription: body.commit_description || null,
  buildpackProvidedDescription: body.buildpack_provided_description || null,
  checksum: body.checksum?.slice(-64).toLowerCase() ?? null,
})
