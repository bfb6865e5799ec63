import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import type { Account } from './account.ts'

/** What stands for the id of somebody of whom it is not told whether they have an account. */
export const strangerId = (email: string): string => derivedId('user', email.toLowerCase())

export const UpdateAccount = Type.Object({
  name: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
})

/** Heroku's account, with what this platform has no use for at its neutral value. */
export const presentAccount = (account: Account) => ({
  id: account.id,
  acknowledged_msa: false,
  acknowledged_msa_at: null,
  allow_tracking: false,
  beta: false,
  country_of_residence: null,
  created_at: account.createdAt,
  default_organization: null,
  default_team: null,
  delinquent_at: null,
  eco_dynos_enabled: false,
  eco_dynos_shutdown_at: null,
  email: account.email,
  federated: false,
  identity_provider: null,
  italian_customer_terms: null,
  italian_partner_terms: null,
  last_login: account.lastLoginAt,
  mfa_enabled: account.twoFactor,
  mfa_exemption: false,
  mfa_exemption_reason: null,
  mfa_experience: 'legacy',
  name: account.name,
  pipeline_cost_consent_at: null,
  sms_number: null,
  suspended_at: null,
  two_factor_authentication: account.twoFactor,
  updated_at: account.updatedAt,
  verified: true,
})
