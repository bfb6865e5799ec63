import { derivedId } from '#/foundation/ids.ts'

export type AddOnPlan = {
  /** `service:level` */
  name: string
  humanName: string
  isDefault: boolean
  /** Connections at once. */
  connections: number
}

export type AddOnService = {
  name: string
  humanName: string
  /** Of the names that add-ons get. */
  namePrefix: string
  firstAttachment: string
  attachmentPrefix: string
  plans: AddOnPlan[]
  /** Levels that app.json files and habits name, and which plan stands for them. */
  formerLevels: Record<string, string>
  /** Options of `addons:create … -- --version 15`, with the values that are true here. */
  options: Record<string, string[]>
}

const POSTGRESQL: AddOnService = {
  name: 'heroku-postgresql',
  humanName: 'PostgreSQL',
  namePrefix: 'postgresql',
  firstAttachment: 'DATABASE',
  attachmentPrefix: 'HEROKU_POSTGRESQL',
  plans: [
    {
      name: 'heroku-postgresql:essential-0',
      humanName: 'Essential 0',
      isDefault: true,
      connections: 20,
    },
    {
      name: 'heroku-postgresql:essential-1',
      humanName: 'Essential 1',
      isDefault: false,
      connections: 20,
    },
    {
      name: 'heroku-postgresql:essential-2',
      humanName: 'Essential 2',
      isDefault: false,
      connections: 40,
    },
    {
      name: 'heroku-postgresql:standard-0',
      humanName: 'Standard 0',
      isDefault: false,
      connections: 120,
    },
  ],
  formerLevels: {
    dev: 'essential-0',
    'hobby-dev': 'essential-0',
    mini: 'essential-0',
    basic: 'essential-1',
    'hobby-basic': 'essential-1',
  },
  options: { version: ['15'] },
}

/** What this platform offers. */
export const ADD_ON_SERVICES: readonly AddOnService[] = [POSTGRESQL]

export const serviceId = (service: Pick<AddOnService, 'name'>): string =>
  derivedId('add-on-service', service.name)
export const planId = (plan: Pick<AddOnPlan, 'name'>): string => derivedId('plan', plan.name)

/** By name or id. */
export const findService = (ref: string): AddOnService | undefined =>
  ADD_ON_SERVICES.find((service) => service.name === ref || serviceId(service) === ref)

/** `heroku-postgresql` is its default plan, `heroku-postgresql:mini` what stands for that today; also by id. */
export const findPlan = (ref: string): { service: AddOnService; plan: AddOnPlan } | undefined => {
  for (const service of ADD_ON_SERVICES) {
    const plan = service.plans.find((one) => isNamed(service, one, ref))
    if (plan) return { service, plan }
  }
  return undefined
}

const isNamed = (service: AddOnService, plan: AddOnPlan, ref: string): boolean => {
  if (ref === service.name) return plan.isDefault
  const [serviceName, level = ''] = ref.split(':')
  const current = service.formerLevels[level] ?? level
  return planId(plan) === ref || plan.name === `${serviceName}:${current}`
}

/** Of one that the platform has, so it is there. */
export const getPlan = (name: string): { service: AddOnService; plan: AddOnPlan } => {
  const found = findPlan(name)
  if (!found) throw new Error(`There is no plan ${name}.`)
  return found
}
