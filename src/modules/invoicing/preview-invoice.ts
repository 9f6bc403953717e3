import { parseId, parseOptionalId } from '../../core/input.js'
import { requireOrderable } from '../catalog/index.js'
import { requireHolder, type Viewer } from '../identity/index.js'
import type { Services } from '../services.js'
import type { Amounts } from './invoice.rules.js'
import { quote } from './quote.js'

interface Asked {
  planId: string
  organisationId?: string | undefined
}

/**
 * What the viewer would pay for a plan now, by the same code as the invoice.
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT for a plan at a custom price
 */
export async function previewInvoice(services: Services, viewer: Viewer, asked: Asked): Promise<Amounts & { currency: string }> {
  const planId = parseId('planId', asked.planId)
  const plan = await requireOrderable(services.db, viewer, planId, 'planId')
  const holder = await requireHolder(services.db, viewer.userId, parseOptionalId('organisationId', asked.organisationId))
  const { amounts } = await quote(services.db, services, holder, plan)
  return { ...amounts, currency: plan.currency }
}
