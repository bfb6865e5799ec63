import type { Deploy, Evidence } from './deploy.ts'

/**
 * How a release was made to run: each step with its times, and, once the dynos before it have drained, what the
 * routers counted.
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
  evidence: deploy.evidence && presentEvidence(deploy.evidence),
  created_at: deploy.createdAt,
  started_at: deploy.startedAt,
  finished_at: deploy.finishedAt,
})

/**
 * Requests served by old and new dynos, drained, failed, and the longest, in ms. Not `complete`: a router has ended, or
 * was not to be reached, before it had told all that it had counted; null: nobody knows any more.
 */
export const presentEvidence = (evidence: Evidence) => ({
  served_by_old: evidence.servedByOld,
  served_by_new: evidence.servedByNew,
  drained: evidence.drained,
  failed: evidence.failed,
  longest_ms: evidence.longestMs,
  complete: evidence.complete ?? null,
})
