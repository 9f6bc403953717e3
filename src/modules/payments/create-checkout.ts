import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { optional, organisationId, parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runAndStore } from '../../platform/postgres/idempotency.js'
import { getOrderablePlan } from '../catalog/index.js'
import { type Customer, getCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { assertNoMissingDetails, quotePrice } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { assertNotSubscribed } from '../subscriptions/index.js'
import { checkoutCustomData } from './checkout-signature.js'
import type { CreateCheckoutInput } from './payment.type.js'
import { limitProviderCalls } from './provider-limiter.js'
import { returnUrl } from './return-url.js'
import { findVariantId } from './variant-id.js'

/**
 * Creates a payment page at the provider.
 * @returns the URL of the page
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, ALREADY_SUBSCRIBED, PAYMENT_PROVIDER_UNAVAILABLE, SELLER_DETAILS_MISSING,
 *   BUYER_DETAILS_MISSING, BAD_USER_INPUT for a plan at a custom price and for a return URL whose origin is not allowed
 */
export async function createCheckout(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: CreateCheckoutInput,
): Promise<string> {
  const { db } = services
  const { organisationId, successUrl, cancelUrl, idempotencyKey: key } = parseInput(checkoutSchema(services), 'input', input)
  const plan = await getOrderablePlan(db, principal, { slugOrId: input.plan }, 'input.plan')
  const customer = await getCustomer(db, principal.userId, organisationId)
  const request = {
    principal: principalName(principal),
    operation: 'createCheckout',
    key,
    input: { planId: Number(plan.id), organisationId: organisationId && jsonCustomerId(organisationId), successUrl, cancelUrl },
  }
  const { checkoutUrl } = await limitProviderCalls(() =>
    runAndStore(services, request, async () => {
      await assertNotSubscribed(db, customer)
      return { checkoutUrl: await openCheckout(services, customer, plan, { successUrl, cancelUrl }) }
    }),
  )
  return checkoutUrl
}

function checkoutSchema(services: Pick<Services, 'config'>) {
  return z.object({
    organisationId: optional(organisationId()),
    successUrl: returnUrl(services),
    cancelUrl: returnUrl(services),
    idempotencyKey,
  })
}

/** @throws PAYMENT_PROVIDER_UNAVAILABLE, SELLER_DETAILS_MISSING, BUYER_DETAILS_MISSING, BAD_USER_INPUT for a plan that the provider does not sell */
async function openCheckout(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  customer: Customer,
  plan: Plan,
  urls: { successUrl: string; cancelUrl: string },
): Promise<string> {
  const provider = services.providers.getActive()
  const variantId = findVariantId(provider, plan)
  if (variantId === null)
    throw invalidInputError('input.plan', `the plan has no providerVariantId, so it cannot be bought from ${provider.name}`)
  const { sale, total } = await quotePrice(services.db, services, customer, plan)
  if (provider.merchantOfRecord === null && total > 0n) assertNoMissingDetails(services, sale)
  return provider.createCheckout({
    variantId,
    planName: plan.name,
    interval: plan.interval,
    amount: total,
    currency: plan.currency,
    email: sale.buyer.email,
    ...urls,
    custom: checkoutCustomData(services.config, customer),
  })
}
