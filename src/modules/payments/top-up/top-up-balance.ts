import { z } from 'zod'
import { invalidInputError } from '../../../core/errors.js'
import { acrossFields, optional, organisationId, parseInput } from '../../../core/input.js'
import { jsonCustomerId } from '../../../core/json-ids.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runAndStore, runOnce } from '../../../platform/postgres/idempotency.js'
import { LIVE_SUBSCRIPTION } from '../../entitlements/index.js'
import {
  type Customer,
  customerFilter,
  customerKey,
  getCustomer,
  lockCustomer,
  principalName,
  type UserPrincipal,
} from '../../identity/index.js'
import { getBuyer } from '../../invoicing/index.js'
import { createPlanlessOrder, linesForTopUp } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { checkoutCustomData } from '../checkout-signature.js'
import type { PaymentProvider } from '../payment-provider.port.js'
import { limitProviderCalls } from '../provider-limiter.js'
import { returnUrl } from '../return-url.js'
import type { TopUpBalanceInput } from './top-up.type.js'

/** Protects against typing errors. */
const MAX_TOP_UP = 100_000_000n

type TopUpServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

function topUpSchema(services: TopUpServices) {
  const minorUnits = z.bigint().min(1n, 'must be 1 or more').max(MAX_TOP_UP, `must be at most ${MAX_TOP_UP}`)
  return z
    .object({
      amount: z.object({ minorUnits, currency: z.string() }),
      organisationId: optional(organisationId()),
      successUrl: optional(returnUrl(services)),
      cancelUrl: optional(returnUrl(services)),
      idempotencyKey,
    })
    .refine(
      ({ successUrl, cancelUrl }) => (successUrl === undefined) === (cancelUrl === undefined),
      acrossFields('cancelUrl', 'set both successUrl and cancelUrl, or neither'),
    )
}

type TopUpRequest = Omit<z.output<ReturnType<typeof topUpSchema>>, 'idempotencyKey'>

/**
 * Places a pending order that adds an amount to the balance when it is paid. With return URLs, it also creates a payment
 * page at the provider.
 * @throws ORGANISATION_NOT_FOUND, PAYMENT_PROVIDER_UNAVAILABLE, BAD_USER_INPUT naming the field
 */
export async function topUpBalance(
  services: TopUpServices,
  principal: UserPrincipal,
  input: TopUpBalanceInput,
): Promise<{ order: Order; checkoutUrl: string | null }> {
  const { db } = services
  const { idempotencyKey: key, ...request } = parseInput(topUpSchema(services), 'input', input)
  const urls = returnUrlsOf(request)
  const openPage = urls && findPageOpener(services.providers.getActive())
  const customer = await getCustomer(db, principal.userId, request.organisationId)
  const idempotency = { principal: principalName(principal), operation: 'topUpBalance', key, input: toJson(request) }
  const { orderId } = await runOnce(services, idempotency, async (tx) => {
    await lockCustomer(tx, customer)
    return { orderId: Number((await createTopUpOrder(tx, services, customer, request)).id) }
  })
  const order = await db.order.findUniqueOrThrow({ where: { id: BigInt(orderId) } })
  if (!urls || !openPage) return { order, checkoutUrl: null }
  // The page of a retry is the same, and a page that could not be created is created by the next one.
  const { checkoutUrl } = await limitProviderCalls(() =>
    runAndStore(services, { ...idempotency, operation: 'topUpBalance.checkout' }, async () => ({
      checkoutUrl: await openCheckout(services, openPage, order, urls),
    })),
  )
  return { order, checkoutUrl }
}

interface ReturnUrls {
  readonly successUrl: string
  readonly cancelUrl: string
}

function returnUrlsOf({ successUrl, cancelUrl }: TopUpRequest): ReturnUrls | undefined {
  return successUrl === undefined || cancelUrl === undefined ? undefined : { successUrl, cancelUrl }
}

function toJson({ amount, organisationId, successUrl, cancelUrl }: TopUpRequest): object {
  return { amount, organisationId: organisationId && jsonCustomerId(organisationId), successUrl, cancelUrl }
}

type PageOpener = NonNullable<PaymentProvider['createTopUpCheckout']>

/** @throws BAD_USER_INPUT if the provider does not sell top-ups */
function findPageOpener(provider: PaymentProvider): PageOpener {
  if (provider.createTopUpCheckout) return provider.createTopUpCheckout.bind(provider)
  const reason =
    provider.merchantOfRecord === null
      ? `${provider.name} has no one-time payments`
      : `${provider.merchantOfRecord} is the seller of what it charges and taxes it at once, but a top-up is not taxed`
  throw invalidInputError('input.successUrl', `must be left out: ${reason}; pay the order by transfer or in another way`)
}

/** @throws BAD_USER_INPUT for a currency that the customer does not use */
async function createTopUpOrder(
  tx: Transaction,
  services: TopUpServices,
  customer: Customer,
  { amount: { minorUnits: amount, currency } }: TopUpRequest,
): Promise<Order> {
  await assertUsedCurrency(tx, services, customer, currency)
  const amounts = { amount, net: amount, periodAmount: amount }
  const terms = { amounts, lines: linesForTopUp(amount), currency, at: services.clock.now() }
  return createPlanlessOrder(tx, customer, { ...terms, status: 'PENDING' })
}

/** Prevents a balance that pays nothing. @throws BAD_USER_INPUT */
async function assertUsedCurrency(
  tx: Transaction,
  { config }: Pick<Services, 'config'>,
  customer: Customer,
  currency: string,
): Promise<void> {
  if (currency === config.billing.currency) return
  const account = await tx.ledgerAccount.count({ where: { ...customerKey(customer), currency } })
  if (account > 0) return
  const live = await tx.subscription.count({ where: { ...customerFilter(customer), ...LIVE_SUBSCRIPTION, currency } })
  if (live > 0) return
  throw invalidInputError(
    'input.amount.currency',
    `must be ${config.billing.currency}, or a currency in which the customer has a balance or a subscription`,
  )
}

/** @throws PAYMENT_PROVIDER_UNAVAILABLE */
async function openCheckout(services: TopUpServices, openPage: PageOpener, order: Order, urls: ReturnUrls): Promise<string> {
  const { id, amount, currency } = order
  const { buyer } = await getBuyer(services.db, services, order)
  const custom = checkoutCustomData(services.config, order, { top_up_order_id: String(id) })
  return openPage({ amount, currency, email: buyer.email, ...urls, custom })
}
