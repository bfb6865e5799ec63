import type { FrozenJson } from './wire.ts'

export type PolicyStateJson = {
  approvals_needed: number
  approvals_given: number
  freeze: {
    now: FrozenJson | null
    next: FrozenJson | null
    /** The caller's own. */
    override?: { expires_at: string; reason: string } | null
  }
}

/** What the stage asks of a promotion now: `needs 1 approval (have 0); no freeze now, next: Fri …`. Empty: nothing. */
export const formatPolicy = (policy: PolicyStateJson | null | undefined): string => {
  if (!policy) return ''
  const { approvals_needed: needed, approvals_given: given, freeze } = policy
  const approvals =
    needed === 0 ? [] : [`${given < needed ? '✗ ' : ''}needs ${countOf(needed)} (have ${given})`]
  return [...approvals, ...freezeWords(freeze)].join('; ')
}

const countOf = (number: number): string => `${number} approval${number === 1 ? '' : 's'}`

const freezeWords = ({ now, next, override }: PolicyStateJson['freeze']): string[] => {
  if (now) {
    const until = `frozen until ${formatMoment(now.until, now.time_zone)}`
    const why = now.reason ? ` (${now.reason})` : ''
    if (!override) return [`✗ ${until}${why}`]
    const overriddenUntil = clock(override.expires_at, now.time_zone)
    return [`! ${until}${why}, overridden by you until ${overriddenUntil} (${override.reason})`]
  }
  if (!next) return []
  return [
    `no freeze now, next: ${clock(next.from, next.time_zone)} – ${clock(next.until, next.time_zone)} ${next.time_zone}`,
  ]
}

/** `Fri 27 Nov 16:00 Europe/Vienna` */
export const formatMoment = (iso: string, timeZone: string): string =>
  `${clock(iso, timeZone)} ${timeZone}`

/** `Fri 27 Nov 16:00` by the clock of the zone. */
const clock = (iso: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
    .format(new Date(iso))
    .replaceAll(',', '')
