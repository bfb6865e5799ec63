import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { config } from '#/foundation/config.ts'
import { ApiError, unauthorized } from '#/foundation/errors.ts'
import { newId, newSecret } from '#/foundation/ids.ts'
import { findTokenActor } from '#/platform/account/find-token-actor.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { ensureRepository, removeStaleLocks } from '#/platform/build/repository.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { requireScope } from '#/platform/event/scope.ts'
import { endPush } from './end-push.ts'
import { parseGitRequest, type GitRequest } from './git-request.ts'
import { runHttpBackend, type BackendEnd } from './http-backend.ts'
import { noteRefusal } from './note-refusal.ts'
import type { Push, ReceiverNeeds } from './push.ts'
import { refuseGit } from './refuse-git.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

/** Those that hooks may speak for, by their secret. */
export type Pushes = Map<string, Push>

type Exchange = { request: IncomingMessage; response: ServerResponse }

const HOOKS = fileURLToPath(new URL('hooks', import.meta.url))
const HOOK_PROGRAM = fileURLToPath(new URL('hook.ts', import.meta.url))

/** Answers one request of git's; every failure becomes an answer that git shows. Never throws. */
export const serveGit = async (
  needs: ReceiverNeeds,
  pushes: Pushes,
  { request, response }: Exchange,
): Promise<void> => {
  request.socket.setTimeout(config.gitSilenceMs) // node cuts it; during hooks git itself says something every 5 s
  try {
    const asked = parseGitRequest(request.method ?? '', request.url ?? '')
    if (!asked) throw new ApiError(404, 'not_found', 'There is nothing here for git.')
    const push = await admit(needs, asked, request)
    const end = await runGit(needs, pushes, { asked, push, request, response })
    if (end.code !== 0)
      needs.log.warn({ ...end, app: push.app.id, service: asked.service }, 'git failed')
    if (!end.hasAnswered) throw new Error(end.stderr || `git ended with ${end.code}.`)
  } catch (error) {
    refuseGit(needs, error, response)
  }
}

/** @throws 401, 404 or 403 for whoever may not read and write the app's code */
const admit = async (
  needs: ReceiverNeeds,
  asked: GitRequest,
  request: IncomingMessage,
): Promise<Push> => {
  const actor = await findTokenActor(needs.db, request.headers.authorization, {
    requestId: newId(),
    remoteAddress: request.socket.remoteAddress ?? null,
  })
  if (!actor) throw unauthorized()
  const app = await findApp(needs, actor, asked).catch((error: unknown) =>
    noteRefusal(needs, actor, asked, error),
  )
  const repository = await ensureRepository(needs.paths, app.id)
  return { secret: newSecret(), app, actor, repository, hasEnded: false }
}

const findApp = async (
  { db }: ReceiverNeeds,
  actor: Actor,
  { app: name, service }: GitRequest,
): Promise<App> => {
  requireScope(actor, service === 'git-receive-pack' ? 'deploy' : 'read')
  try {
    return await getApp(db, actor, name, NEEDED.code)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404)
      throw new ApiError(404, 'not_found', `No such app as ${name}.`)
    throw error
  }
}

/** Runs git to its end; a push is known to its hooks for so long, and its branch is settled after it. */
const runGit = async (
  needs: ReceiverNeeds,
  pushes: Pushes,
  { asked, push, request, response }: Exchange & { asked: GitRequest; push: Push },
): Promise<BackendEnd> => {
  const isPush = asked.path === '/git-receive-pack'
  if (isPush) {
    pushes.set(push.secret, push)
    await removeStaleLocks(push.repository)
  }
  const hookEnv = isPush ? hookEnvironment(needs, push) : {}
  const call = { asked, repository: push.repository, user: push.actor.name, hookEnv }
  const { child, ended } = runHttpBackend({ ...call, hooksDir: HOOKS }, request, response)
  const stop = (): void => void child.kill()
  needs.stopped.addEventListener('abort', stop)
  try {
    return await ended
  } finally {
    needs.stopped.removeEventListener('abort', stop)
    pushes.delete(push.secret)
    await endPush(needs, push)
  }
}

const hookEnvironment = (
  { paths }: Pick<ReceiverNeeds, 'paths'>,
  { secret }: Push,
): Record<string, string> => ({
  SLUICE_PUSH: secret,
  SLUICE_HOOK_NODE: process.execPath,
  SLUICE_HOOK_PROGRAM: HOOK_PROGRAM,
  SLUICE_HOOK_SOCKET: paths.gitSocket,
  NODE_COMPILE_CACHE: join(paths.run, 'hook-cache'), // starts the hook in a third of the time
})
