/** What can become of a request without a response of the app, in Heroku's codes and words. */
export const ROUTER_ERRORS = {
  H10: { desc: 'App crashed', status: 503 },
  H11: { desc: 'Backlog too deep', status: 503 },
  H12: { desc: 'Request timeout', status: 503 },
  H13: { desc: 'Connection closed without response', status: 503 },
  H14: { desc: 'No web processes running', status: 503 },
  H15: { desc: 'Idle connection', status: 503 },
  H17: { desc: 'Poorly formatted HTTP response', status: 503 },
  H18: { desc: 'Server Request Interrupted', status: 503 },
  H19: { desc: 'Backend connection timeout', status: 503 },
  H20: { desc: 'App boot timeout', status: 503 },
  H21: { desc: 'Backend connection refused', status: 503 },
  H22: { desc: 'Connection limit reached', status: 503 },
  H24: { desc: 'Forced close', status: 503 },
  H25: { desc: 'HTTP restriction', status: 502 },
  H26: { desc: 'Request Error', status: 400 },
  H27: { desc: 'Client Request Interrupted', status: 499 },
  H28: { desc: 'Client Connection Idle', status: 499 },
  H80: { desc: 'Maintenance mode', status: 503 },
  H81: { desc: 'Blank app', status: 502 },
  H99: { desc: 'Platform error', status: 503 },
} as const

export type RouterErrorCode = keyof typeof ROUTER_ERRORS

/** How a line with that code begins: whose socket closed, if that is what it tells, and how bad it is. */
export const levelOf = (code: RouterErrorCode): string => LEVELS[code] ?? 'at=error'

const LEVELS: Partial<Record<RouterErrorCode, string>> = {
  H18: 'sock=backend at=error',
  H27: 'sock=client at=warning',
  H28: 'at=warning',
  H80: 'at=info',
  H81: 'at=info',
}

/** The client ended it, so no dyno is to blame and nobody is there to be told. */
export const isClientsFault = (code: RouterErrorCode): boolean =>
  code === 'H26' || code === 'H27' || code === 'H28'
