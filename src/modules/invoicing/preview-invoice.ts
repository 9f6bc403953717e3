import { parseId, parseOptionalId } from '../../core/input.js'
import { getOrderablePlan } from '../catalog/index.js'
import { getCustomer, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import type { InvoiceTotals } from './invoice.rules.js'
import { quotePrice } from './quote.js'

interface PreviewRequest {
  planId: string
  organisationId?: string | undefined
}

/**
 * What the viewer would pay for a plan now, by the same code as the invoice.
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT for a plan at a custom price
 */
export async function previewInvoice(
  services: Services,
  viewer: UserPrincipal,
  asked: PreviewRequest,
): Promise<InvoiceTotals & { currency: string }> {
  const planId = parseId('planId', asked.planId)
  const plan = await getOrderablePlan(services.db, viewer, planId, 'planId')
  const holder = await getCustomer(services.db, viewer.userId, parseOptionalId('organisationId', asked.organisationId))
  const { amounts } = await quotePrice(services.db, services, holder, plan)
  return { ...amounts, currency: plan.currency }
}
