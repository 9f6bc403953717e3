import 'reflect-metadata'

export { catalog } from './catalog.module.js'
export { PLAN_COLUMNS, SELECT_PLANS } from './catalog.statements.js'
export { createPlan } from './manage-plans.js'
export { BillingInterval } from './plan.enums.js'
export { PLAN_NOT_FOUND } from './plan.errors.js'
export { loadPlan, planLoader } from './plan.loader.js'
export {
  assertExists,
  assertOrderable,
  bindPlan,
  findNextPlan,
  getOrderablePlan,
  getPlan,
  planNotFoundError,
} from './plan.queries.js'
export { limitsOf, parseLimits, planSnapshot, slugOf, ZERO_LIMITS } from './plan.rules.js'
export { Limits, type NewPlan, Plan } from './plan.type.js'
export { CACHEABLE, CachedPlanCatalog } from './plan-cache.js'
export { newPlanSchema, PLAN_FIELDS, type PlanFieldName } from './plan-fields.type.js'
