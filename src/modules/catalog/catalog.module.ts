import { defineModule } from '../define-module.js'
import { PLAN_NOT_FOUND } from './plan.errors.js'
import { findVisiblePlan } from './plan.queries.js'
import { PlanResolver } from './plan.resolver.js'

export const catalog = defineModule({
  resolvers: [PlanResolver],
  nodes: { Plan: ({ services, user }, id) => findVisiblePlan(services.planCache, user, id) },
  errors: [PLAN_NOT_FOUND],
  notifications: {
    onMessage: {
      plans: ({ services }) => services.planCache.invalidate(),
      demoReplaced: ({ services }) => services.planCache.invalidate(),
    },
    onConnected: ({ services }) => services.planCache.setConnected(true),
    onDisconnected: ({ services }) => services.planCache.setConnected(false),
  },
})
