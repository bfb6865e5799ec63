import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { Reference } from '#/platform/app/reference.ts'
import { getPlan, planId, serviceId, type AddOnPlan, type AddOnService } from './add-on-service.ts'
import { configVarOf, type AddOn, type Attachment } from './add-on.ts'

const OptionalText = Type.Optional(Type.Union([Type.String(), Type.Null()]))

export const CreateAddOn = Type.Object({
  plan: Reference,
  attachment: Type.Optional(Type.Object({ name: OptionalText })),
  name: OptionalText,
  config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  confirm: OptionalText,
})

export const UpdateAddOn = Type.Object({
  name: Type.Optional(Type.String()),
  plan: Type.Optional(Reference),
})

export const DestroyAddOn = Type.Object({ force: Type.Optional(Type.Boolean()) })

export const CreateAttachment = Type.Object({
  addon: Reference,
  app: Reference,
  name: OptionalText,
  confirm: OptionalText,
  namespace: OptionalText,
})

export const ResolveAddOn = Type.Object({
  addon: Type.String(),
  app: OptionalText,
  addon_service: OptionalText,
})

export const ResolveAttachment = Type.Object({
  addon_attachment: Type.String(),
  app: OptionalText,
  addon_service: OptionalText,
})

/** One's own machines cost nothing. */
const PRICE = { cents: 0, contract: false, metered: false, unit: 'month' }
/** The catalogue is part of the program. */
const CATALOGUED_AT = '2026-01-01T00:00:00Z'
const CEDAR = { id: derivedId('generation', 'cedar'), name: 'cedar' }

export const presentService = (service: AddOnService) => ({
  id: serviceId(service),
  name: service.name,
  human_name: service.humanName,
  cli_plugin_name: null,
  state: 'ga',
  supports_multiple_installations: true,
  supports_sharing: true,
  supported_generations: [CEDAR],
  created_at: CATALOGUED_AT,
  updated_at: CATALOGUED_AT,
})

export const presentPlan = (service: AddOnService, plan: AddOnPlan) => ({
  id: planId(plan),
  name: plan.name,
  human_name: plan.humanName,
  description: `${service.humanName}, up to ${plan.connections} connections`,
  addon_service: { id: serviceId(service), name: service.name },
  default: plan.isDefault,
  compliance: null,
  installable_inside_private_network: false,
  installable_outside_private_network: true,
  price: PRICE,
  space_default: false,
  state: 'ga',
  visible: true,
  created_at: CATALOGUED_AT,
  updated_at: CATALOGUED_AT,
})

/** Heroku's add-on, always with the whole plan and service. */
export const presentAddOn = (addOn: AddOn) => {
  const { service, plan } = getPlan(addOn.plan)
  return {
    id: addOn.id,
    name: addOn.name,
    actions: [],
    addon_service: presentService(service),
    app: { id: addOn.appId, name: addOn.appName },
    billed_price: PRICE,
    billing_entity: { id: addOn.appId, name: addOn.appName, type: 'app' },
    config_vars: addOn.attachedAs.map(configVarOf),
    plan: presentPlan(service, plan),
    provider_id: addOn.id,
    provision_message: null,
    state: addOn.state,
    web_url: null,
    created_at: addOn.createdAt,
    updated_at: addOn.updatedAt,
  }
}

/** Heroku's attachment, always with the add-on's plan and the config vars. */
export const presentAttachment = (attachment: Attachment) => {
  const { service, plan } = getPlan(attachment.plan)
  return {
    id: attachment.id,
    name: attachment.name,
    addon: {
      id: attachment.addOnId,
      name: attachment.addOnName,
      app: { id: attachment.addOnAppId, name: attachment.addOnAppName },
      plan: { id: planId(plan), name: plan.name },
    },
    addon_service: { id: serviceId(service), name: service.name },
    app: { id: attachment.appId, name: attachment.appName },
    config_vars: [configVarOf(attachment.name)],
    namespace: null,
    log_input_url: null,
    web_url: null,
    created_at: attachment.createdAt,
    updated_at: attachment.updatedAt,
  }
}
