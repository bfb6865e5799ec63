import type { Deploy } from './deploy.ts'

/**
 * How a release was made to run: each step with its times, and, once the dynos before it have drained, what the
 * routers counted (`evidence`: requests served by old and new dynos, drained, failed, and the longest, in ms).
 */
export const presentDeploy = (deploy: Deploy) => ({
  id: deploy.id,
  kind: deploy.kind,
  release: { id: deploy.releaseId },
  status: deploy.status,
  failure_reason: deploy.failureReason,
  steps: deploy.steps.map(({ name, startedAt, finishedAt }) => ({
    name,
    started_at: startedAt,
    finished_at: finishedAt,
  })),
  evidence: deploy.evidence && {
    served_by_old: deploy.evidence.servedByOld,
    served_by_new: deploy.evidence.servedByNew,
    drained: deploy.evidence.drained,
    failed: deploy.evidence.failed,
    longest_ms: deploy.evidence.longestMs,
  },
  created_at: deploy.createdAt,
  started_at: deploy.startedAt,
  finished_at: deploy.finishedAt,
})
