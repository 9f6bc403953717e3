import 'reflect-metadata'

export { createPlan } from './manage-plans.js'
export { loadPlan, planLoader } from './plan.loader.js'
export { findDefaultPlan, findNextPlan, getOrderablePlan, getOrderablePlanBySlug, getPlan, planNotFoundError } from './plan.queries.js'
export { PlanResolver } from './plan.resolver.js'
export { limitsOf, parseLimits, planSnapshot, slugOf, ZERO_LIMITS } from './plan.rules.js'
export { Limits, type NewPlan, Plan } from './plan.type.js'
export { CACHEABLE, CachedPlanCatalog } from './plan-cache.js'
