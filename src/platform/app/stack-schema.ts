import type { Static } from 'typebox'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { DEFAULT_STACK, STACKS } from './app.ts'
import { referenceOf, type Reference } from './reference.ts'
import { presentStackName } from './app-schema.ts'

const SINCE = '2024-06-01T00:00:00Z'

export const presentStack = (name: string) => ({
  ...presentStackName(name),
  created_at: SINCE,
  default: name === DEFAULT_STACK,
  state: 'public',
  updated_at: SINCE,
})

const findStack = (ref: string): string | undefined =>
  STACKS.find((name) => name === ref || presentStackName(name).id === ref)

export const getStack = (ref: string): string => {
  const found = findStack(ref)
  if (!found) throw notFound('stack')
  return found
}

/** The stack that a body asks for. */
export const stackAsked = (reference: Static<typeof Reference>): string => {
  const found = findStack(referenceOf(reference))
  if (!found) throw invalidParams(`There is no such stack. Choose one of ${STACKS.join(', ')}.`)
  return found
}
