/** REQUESTED until the provider has responded, then DONE or FAILED. CLOSED if the subscription or its period ended before. */
export const PLAN_CHANGE_STATUSES = ['REQUESTED', 'DONE', 'FAILED', 'CLOSED'] as const

declare global {
  namespace PrismaJson {
    type PlanChangeStatus = (typeof PLAN_CHANGE_STATUSES)[number]
  }
}
