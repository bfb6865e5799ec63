import { formatTable } from './table.ts'
import type { ApprovalJson } from './wire.ts'

export const formatApprovals = (approvals: ApprovalJson[]): string =>
  formatTable(
    ['id', 'what', 'for', 'state', 'approved', 'asked by', 'until', 'why'],
    approvals.map((approval) => [
      approval.id,
      `${approval.source.app.name ?? 'an app'} v${approval.source.release.version}`,
      approval.app.name,
      approval.state,
      `${approval.approvals.length} of ${approval.needed}`,
      approval.requested_by.email,
      approval.expires_at.slice(0, 16),
      approval.refusal ?? approval.reason ?? '',
    ]),
  )
