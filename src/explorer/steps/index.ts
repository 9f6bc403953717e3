import { invoicing } from './invoicing'
import { ordering } from './ordering'
import { panel } from './panel'
import { paying } from './paying'
import { renewing } from './renewing'
import { CUSTOMER, type Step } from './step'

export type { Step } from './step'

export const STEPS: readonly Step[] = [...ordering, ...invoicing, ...paying, ...panel, ...renewing]

/** Run by the button of the step "Limits changed" to trigger a notification. */
export const CHANGE_PLAN = `mutation ChangePlan($planId: ID!) {
  applyPlan(input: { userId: "${CUSTOMER}", planId: $planId, notes: "Changed by the tour" }) { success }
}`
