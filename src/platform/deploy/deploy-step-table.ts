/** The steps of a deploy by their names, in words for those who show them. */
const WORDS: Record<string, string> = {
  'release-phase': 'Release phase has run',
  'stop-old': 'Old dynos are told to stop',
  'old-stopped': 'Old dynos have stopped',
  'want-dynos': 'New dynos are started',
  healthy: 'New dynos are healthy',
  route: 'Requests go to the new dynos',
  routed: 'Every router has followed',
}

/** @param name of a step; one of a newer platform is shown as it is */
export const wordsOfStep = (name: string): string => WORDS[name] ?? name
