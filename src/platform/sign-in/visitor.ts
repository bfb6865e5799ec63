import type { Actor } from '#/platform/event/actor.ts'
import { isFreshSignIn } from '#/platform/account/fresh-sign-in.ts'
import { page, type Answer, type Visit } from '#/platform/page/page.ts'
import type { Route } from '#/platform/route.ts'
import { findSessionActor } from './session.ts'

export type SignedInVisit = Visit & { actor: Actor & { accountId: string } }

/** A page for whoever is signed in; others sign in first. With `fresh` they have done so just now. */
export const signedInPage = (
  method: 'GET' | 'POST',
  path: string,
  { fresh = false, back = path }: { fresh?: boolean; back?: string },
  answer: (visit: SignedInVisit) => Promise<Answer>,
): Route =>
  page(method, path, 'looks at the session itself', async (visit) => {
    const actor = await findSessionActor(visit.platform.db, visit.cookies, visit.origin)
    const signIn = `/sign-in?next=${encodeURIComponent(pathOf(back, visit))}`
    if (!isAccount(actor)) return { redirect: signIn }
    if (fresh && !isFreshSignIn(actor)) return { redirect: `${signIn}&again=yes` }
    return answer({ ...visit, actor })
  })

const isAccount = (actor: Actor | undefined): actor is Actor & { accountId: string } =>
  actor !== undefined && actor.accountId !== null

const pathOf = (pattern: string, { params }: Visit): string =>
  pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
