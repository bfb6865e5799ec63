import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { getPlan } from './add-on-service.ts'
import { findAddOns } from './add-on-store.ts'
import { configVarOf, type AddOn, type Attachment } from './add-on.ts'
import { listAttachments } from './attachment-store.ts'

export type Search = {
  /** `postgresql-cubed-12345`, an id, `DATABASE` (with an app), `app::DATABASE` */
  term: string
  app: string | undefined
  service: string | undefined
}

/** The add-ons that somebody may mean by a word; one or more, or 404. */
export const resolveAddOns = async (db: Db, actor: Actor, search: Search): Promise<AddOn[]> => {
  const { term, appId } = await readSearch(db, actor, search)
  const found = (await findAddOns(db, actor, term, appId)).filter(
    ({ service }) => search.service === undefined || service === search.service,
  )
  if (found.length === 0) throw notFound('add_on', "Couldn't find that add-on.")
  return found
}

/** As `resolveAddOns`, by the attachment's name, its config var, its id, or its add-on's name. */
export const resolveAttachments = async (
  db: Db,
  actor: Actor,
  search: Search,
): Promise<Attachment[]> => {
  const { term, appId } = await readSearch(db, actor, search)
  const all = await listAttachments(db, actor, appId === undefined ? {} : { appId })
  const found = all.filter(
    (attachment) =>
      isMeant(attachment, term, appId !== undefined) &&
      (search.service === undefined || getPlan(attachment.plan).service.name === search.service),
  )
  if (found.length === 0)
    throw notFound('add_on attachment', "Couldn't find that add-on attachment.")
  return found
}

const isMeant = (attachment: Attachment, term: string, isOnApp: boolean): boolean => {
  if (attachment.id === term || attachment.addOnName === term || attachment.addOnId === term)
    return true
  const upper = term.toUpperCase()
  return isOnApp && (attachment.name === upper || configVarOf(attachment.name) === upper)
}

const readSearch = async (
  db: Db,
  actor: Actor,
  { term, app }: Search,
): Promise<{ term: string; appId: string | undefined }> => {
  const [, namedApp, rest] = /^(.+)::(.+)$/.exec(term) ?? []
  const appRef = namedApp ?? app
  return {
    term: rest ?? term,
    appId: appRef === undefined ? undefined : (await getApp(db, actor, appRef, 'view')).id,
  }
}
