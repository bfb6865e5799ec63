import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

const OfAddOn = Type.Object({ addOnId: Type.String() })

/** Makes role and database, then attaches them. */
export const provisionAddOnJob = defineJob('provision-add-on', OfAddOn)

/** Detaches what other apps still have of a destroyed add-on, and drops role and database. */
export const deprovisionAddOnJob = defineJob('deprovision-add-on', OfAddOn)

/** One after another, so that an add-on destroyed while it is provisioned leaves no database. */
export const addOnQueue = (addOnId: string): string => `add-on:${addOnId}`
