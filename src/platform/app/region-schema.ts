import { derivedId } from '#/foundation/ids.ts'

/** Heroku's wire wants a region. Here there is one: where the platform runs. */
export const REGION = { id: derivedId('region', 'us'), name: 'us' } as const

const SINCE = '2024-06-01T00:00:00Z'

export const presentRegion = () => ({
  ...REGION,
  country: 'Here',
  created_at: SINCE,
  description: 'This platform',
  locale: 'Here',
  private_capable: false,
  provider: { name: 'sluice', region: 'us-east-1' },
  updated_at: SINCE,
})
