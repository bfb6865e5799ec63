import type { Span } from './freeze-window.ts'
import type { Freeze } from './policy.ts'

/** A time in which a stage is frozen, and the window that makes it so. */
export type FrozenSpan = Span & { window: Pick<Freeze, 'timeZone' | 'reason'> }

export const presentFrozenSpan = (span: FrozenSpan | undefined) =>
  span
    ? {
        from: span.from,
        until: span.until,
        time_zone: span.window.timeZone,
        reason: span.window.reason,
      }
    : null
