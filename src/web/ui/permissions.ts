/** As they are granted, and what each allows in a word. */
export const PERMISSIONS = [
  { value: 'view', text: 'view', about: 'See it, its activity, releases and processes' },
  { value: 'deploy', text: 'deploy', about: 'Push, release, promote, roll back, config vars' },
  { value: 'operate', text: 'operate', about: 'Scale, restart, logs, domains, maintenance mode' },
  { value: 'manage', text: 'manage', about: 'Rename, transfer, delete, and say who has access' },
]

/** `view` is part of every grant. */
export const ALWAYS = 'It is part of every grant.'
