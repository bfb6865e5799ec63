import { onApp } from '#/platform/app/app-access.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { route } from '#/platform/route.ts'
import { getSlugOfApp } from '#/platform/slug/slug-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { listBranches } from './branch-list.ts'
import { readCommit } from './commit-log.ts'
import { presentBranch, presentSlugCommit } from './commit-schema.ts'

export const commitRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/branches',
    access: onApp(...NEEDED.code),
    handle: async ({ platform, target: app }) =>
      (await listBranches(appFiles(platform.paths, app.id).repository)).map(presentBranch),
  }),
  route({
    method: 'GET',
    path: '/apps/:app/slugs/:slug/commit',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) => {
      const slug = await getSlugOfApp(platform.db, actor, app.id, params.slug)
      return presentSlugCommit(slug, await readCommit(platform.paths.git, slug))
    },
  }),
]
