import { Flags } from '@oclif/core'

/** `--permissions view,deploy`; what they may be is the API's to say. */
const flag = {
  char: 'm',
  description: 'view, deploy, operate and manage, parted by commas; view is always among them',
} as const
export const permissionsFlag = Flags.string(flag)
export const neededPermissionsFlag = Flags.string({ ...flag, required: true })

export const namesOf = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
