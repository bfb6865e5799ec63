export type Stage = {
  kind: string
  name: string
  isAlwaysShown: boolean
  whenEmpty: string
}

/** In their order. */
export const STAGES: readonly Stage[] = [
  {
    kind: 'review',
    name: 'Review apps',
    isAlwaysShown: true,
    whenEmpty: 'No review apps. An app that tries out a change goes here.',
  },
  { kind: 'development', name: 'Development', isAlwaysShown: false, whenEmpty: 'No apps.' },
  {
    kind: 'staging',
    name: 'Staging',
    isAlwaysShown: true,
    whenEmpty: 'No apps. Push to an app here, try it, then promote it.',
  },
  {
    kind: 'production',
    name: 'Production',
    isAlwaysShown: true,
    whenEmpty: 'No apps. Add the one that your users use.',
  },
]
