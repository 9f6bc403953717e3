import { z } from 'zod'
import { optional, organisationId, parseInput, rowId } from '../../core/input.js'
import { getOrderablePlan } from '../catalog/index.js'
import { getCustomer, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import type { InvoiceTotals } from './invoice.rules.js'
import { quotePrice } from './quote.js'

const previewSchema = z.object({ planId: rowId('Plan'), organisationId: optional(organisationId()) })

interface PreviewRequest {
  planId: string
  organisationId?: string | undefined
}

/**
 * Previews the invoice of a plan, calculated by the same code as the invoice.
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT for a plan without a fixed price
 */
export async function previewInvoice(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  request: PreviewRequest,
): Promise<InvoiceTotals & { currency: string }> {
  const { planId, organisationId } = parseInput(previewSchema, '', request)
  const plan = await getOrderablePlan(services.db, principal, { planId }, 'planId')
  const customer = await getCustomer(services.db, principal.userId, organisationId)
  const { amounts } = await quotePrice(services.db, services, customer, plan)
  return { ...amounts, currency: plan.currency }
}
