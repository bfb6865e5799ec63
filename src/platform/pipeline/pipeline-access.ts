import type { ScopedAccess } from '#/platform/route.ts'
import type { Permission } from '#/platform/team/team.ts'
import { getCoupling } from './coupling-store.ts'
import { getPipeline } from './pipeline-store.ts'
import type { Coupling, Pipeline } from './pipeline.ts'

/** What it takes to rename or destroy a pipeline: this, in its team. */
export const CHANGE_PIPELINE: Permission = 'operate'

/** For routes below `/pipelines/:pipeline`, by id or name. */
export const onPipeline = (permission: Permission): ScopedAccess<Pipeline> => ({
  name: `pipeline:${permission}`,
  reach: 'apps',
  find: ({ platform, actor, params }) =>
    getPipeline(platform.db, actor, params['pipeline'] ?? '', permission),
})

/** For routes below `/pipeline-couplings/:coupling`. */
export const onCoupling = (permission: 'view' | 'deploy'): ScopedAccess<Coupling> => ({
  name: `pipeline-coupling:${permission}`,
  reach: 'apps',
  find: ({ platform, actor, params }) =>
    getCoupling(platform.db, actor, params['coupling'] ?? '', permission),
})
