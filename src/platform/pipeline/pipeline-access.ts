import type { Access } from '#/platform/route.ts'
import type { Permission } from '#/platform/team/team.ts'
import { getCoupling } from './coupling-store.ts'
import { getPipeline } from './pipeline-store.ts'
import type { Coupling, Pipeline } from './pipeline.ts'

/** What it takes to rename or destroy a pipeline: this, in its team. */
export const CHANGE_PIPELINE: Permission = 'operate'

/** For routes below `/pipelines/:pipeline`, by id or name. */
export const onPipeline = (permission: Permission): Access<Pipeline> => ({
  name: `pipeline:${permission}`,
  find: ({ platform, actor, params }) =>
    getPipeline(platform.db, actor, params['pipeline'] ?? '', permission),
})

/** For routes below `/pipeline-couplings/:coupling`. */
export const onCoupling = (permission: 'view' | 'deploy'): Access<Coupling> => ({
  name: `pipeline-coupling:${permission}`,
  find: ({ platform, actor, params }) =>
    getCoupling(platform.db, actor, params['coupling'] ?? '', permission),
})
