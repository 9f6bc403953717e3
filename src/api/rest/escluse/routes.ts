import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { DomainError, invalidInputError } from '../../../core/errors.js'
import { keysOf } from '../../../core/record.js'
import { INVOICE_NOT_FOUND } from '../../../modules/invoicing/index.js'
import { SERVER_FIELDS } from '../../../modules/limited-resources.rules.js'
import { ALREADY_SUBSCRIBED, SUBSCRIPTION_NOT_FOUND } from '../../../modules/subscriptions/index.js'
import { organisationIdOf, userIdOf } from '../customer-ids.js'
import { type Connection, type ExecuteOperation, fetchAllPages } from '../execute-operation.js'
import { type NameField, withRequestFields } from '../request-fields.js'
import { errorResponsesFor, idempotencyHeaders, type RestApp, SIGNED_IN } from '../schemas.js'
import * as schemas from './schemas.js'

const INVOICE_SELECTION = 'id amount { minorUnits currency } status createdAt pdfUrl'

const GET_SUBSCRIPTION = `query EscluseSubscription {
  subscription { id provider providerId plan { slug } status currentPeriodStart currentPeriodEnd endsAt features }
  me { limits { nodeLimit serverLimit } } }`
const CREATE_CHECKOUT = 'mutation EscluseCheckout($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
const CREATE_CHANGE_PAGE = 'mutation EscluseChangePage($input: CreateChangePageInput!) { createChangePage(input: $input) { url } }'
const LIST_INVOICES = `query EscluseInvoices($after: String) {
  invoices(first: 100, after: $after) { nodes { ${INVOICE_SELECTION} } pageInfo { hasNextPage endCursor } } }`
const GET_INVOICE = `query EscluseInvoice($id: ID!) { invoice(id: $id) { ${INVOICE_SELECTION} } }`
const CLAIM_SERVER = `mutation EscluseServer($input: ClaimServerInput!) {
  claimServer(input: $input) { claim { externalId ${keysOf(SERVER_FIELDS).join(' ')} createdAt } } }`
const RELEASE_SERVER = 'mutation EscluseRelease($externalId: String!) { releaseServer(input: { externalId: $externalId }) { released } }'

interface SubscriptionResult {
  subscription: {
    id: string
    provider: string | null
    providerId: string | null
    plan: { slug: string }
    status: string
    currentPeriodStart: string
    currentPeriodEnd: string
    endsAt: string | null
    features: object
  } | null
  me: { limits: { nodeLimit: number | null; serverLimit: number | null } }
}

interface InvoiceResult {
  id: string
  amount: { minorUnits: number; currency: string }
  status: string
  createdAt: string
  pdfUrl: string
}

type ClaimResult = Omit<Static<typeof schemas.serverResponse>['data'], 'external_id' | 'created_at'> & {
  externalId: string
  createdAt: string
}

const ESCLUSE_TAGS = ['Escluse']
const ESCLUSE_SIGNED_IN_ROUTE = { tags: ESCLUSE_TAGS, security: SIGNED_IN }
const escluseErrorResponses = (...statuses: number[]) => errorResponsesFor(schemas.escluseErrorSchema, ...statuses)

/**
 * The billing API of Escluse. Each route runs a GraphQL operation and returns its result in Escluse's format.
 */
export const escluseRoutes =
  (execute: ExecuteOperation): FastifyPluginAsyncTypebox =>
  async (app) => {
    const run = withRequestFields(execute, nameEscluseField)
    escluseSubscriptionRoutes(app, run)
    escluseInvoiceRoutes(app, run)
    escluseServerRoutes(app, run)
  }

function escluseSubscriptionRoutes(app: RestApp, run: ExecuteOperation): void {
  const current = { ...ESCLUSE_SIGNED_IN_ROUTE, summary: 'Get subscription', description: 'Null when you have no subscription.' }
  app.get(
    '/billing/subscription',
    { schema: { ...current, response: { 200: schemas.subscriptionResponse, ...escluseErrorResponses(401) } } },
    async (request) => {
      return { data: toSubscription(await run<SubscriptionResult>(request, GET_SUBSCRIPTION)) }
    },
  )

  const one = { ...ESCLUSE_SIGNED_IN_ROUTE, summary: 'Get a subscription by its id', params: schemas.subscriptionParams }
  app.get(
    '/billing/subscriptions/:id',
    { schema: { ...one, response: { 200: schemas.subscriptionResponse, ...escluseErrorResponses(400, 401, 404) } } },
    async (request) => {
      const result = await run<SubscriptionResult>(request, GET_SUBSCRIPTION)
      const subscription = toSubscription(result)
      if (!subscription || ![subscription.id, result.subscription?.id].includes(request.params.id))
        throw new DomainError(SUBSCRIPTION_NOT_FOUND, `Subscription ${request.params.id} does not exist`)
      return { data: subscription }
    },
  )

  const checkout = {
    ...ESCLUSE_SIGNED_IN_ROUTE,
    summary: 'Create checkout session',
    description: 'While a paid plan is live, the URL is that of a page on which the customer confirms the change to the plan.',
    headers: idempotencyHeaders,
    body: schemas.checkoutBody,
  }
  app.post(
    '/billing/checkout',
    { schema: { ...checkout, response: { 200: schemas.checkoutResponse, ...escluseErrorResponses(400, 401, 404) } } },
    async (request) => {
      const { plan, success_url: successUrl, cancel_url: cancelUrl } = request.body
      assertUrl('body.success_url', successUrl)
      assertUrl('body.cancel_url', cancelUrl)
      const input = { plan, successUrl, cancelUrl, idempotencyKey: request.headers['idempotency-key'] }
      return { data: { checkout_url: await checkoutUrl(run, request, input) } }
    },
  )
}

/** This API does not know ALREADY_SUBSCRIBED: while a paid plan is live, it returns a page that confirms the change of plan. */
async function checkoutUrl(run: ExecuteOperation, request: FastifyRequest, input: object): Promise<string> {
  try {
    const { createCheckout } = await run<{ createCheckout: { checkoutUrl: string } }>(request, CREATE_CHECKOUT, { input })
    return createCheckout.checkoutUrl
  } catch (error) {
    if (!(error instanceof DomainError) || !error.is(ALREADY_SUBSCRIBED)) throw error
    const { createChangePage } = await run<{ createChangePage: { url: string } }>(request, CREATE_CHANGE_PAGE, { input })
    return createChangePage.url
  }
}

function escluseInvoiceRoutes(app: RestApp, run: ExecuteOperation): void {
  const list = {
    ...ESCLUSE_SIGNED_IN_ROUTE,
    summary: 'Get invoices',
    description: 'Your own invoices, and those of organisations in which you are owner or admin; newest first.',
  }
  app.get(
    '/billing/invoices',
    { schema: { ...list, response: { 200: schemas.invoicesResponse, ...escluseErrorResponses(401) } } },
    async (request) => {
      const invoices = await fetchAllPages(
        async (after) => (await run<{ invoices: Connection<InvoiceResult> }>(request, LIST_INVOICES, { after })).invoices,
      )
      return { data: invoices.map(toInvoice) }
    },
  )

  const one = { ...ESCLUSE_SIGNED_IN_ROUTE, summary: 'Get an invoice by its id', params: schemas.invoiceParams }
  app.get(
    '/billing/invoices/:id',
    { schema: { ...one, response: { 200: schemas.invoiceResponse, ...escluseErrorResponses(400, 401, 404) } } },
    async (request) => {
      const { invoice } = await run<{ invoice: InvoiceResult | null }>(request, GET_INVOICE, { id: request.params.id })
      if (!invoice) throw new DomainError(INVOICE_NOT_FOUND, `Invoice ${request.params.id} does not exist`)
      return { data: toInvoice(invoice) }
    },
  )
}

function escluseServerRoutes(app: RestApp, run: ExecuteOperation): void {
  const create = {
    tags: ESCLUSE_TAGS,
    security: SIGNED_IN,
    summary: 'Claim a server within the limits of the plan',
    description: "Counts the server against the plan. For administrators and API keys with the CLAIMS scope, such as the panel's backend.",
    body: schemas.serverBody,
  }
  app.post(
    '/servers',
    { schema: { ...create, response: { 201: schemas.serverResponse, ...escluseErrorResponses(400, 401, 403, 404) } } },
    async (request, reply) => {
      const { external_id: externalId, user_id: userId, organisation_id: organisationId, ...resources } = request.body
      const input = {
        externalId,
        userId: userIdOf(userId),
        organisationId: organisationIdOf(organisationId),
        ...resources,
      }
      const { claimServer } = await run<{ claimServer: { claim: ClaimResult } }>(request, CLAIM_SERVER, { input })
      const { externalId: external_id, createdAt, ...claim } = claimServer.claim
      return reply.code(201).send({ data: { external_id, ...claim, created_at: toSeconds(createdAt) } })
    },
  )

  const remove = { tags: ESCLUSE_TAGS, security: SIGNED_IN, summary: 'Release a server', params: schemas.serverParams }
  app.delete(
    '/servers/:external_id',
    { schema: { ...remove, response: { 200: schemas.releaseResponse, ...escluseErrorResponses(400, 401, 403) } } },
    async (request) => {
      const variables = { externalId: request.params.external_id }
      const { releaseServer } = await run<{ releaseServer: { released: boolean } }>(request, RELEASE_SERVER, variables)
      return { data: releaseServer }
    },
  )
}

function toSubscription({ subscription, me }: SubscriptionResult) {
  if (!subscription) return null
  const { id, provider, providerId, plan, status, currentPeriodStart, currentPeriodEnd, endsAt, features } = subscription
  return {
    // A subscription from Escluse's events keeps its id there.
    id: provider === 'escluse' && providerId !== null ? providerId : id,
    plan: plan.slug,
    status: status.toLowerCase() as 'active',
    current_period_start: toSeconds(currentPeriodStart),
    current_period_end: toSeconds(currentPeriodEnd),
    ends_at: endsAt && toSeconds(endsAt),
    features: { ...features, max_nodes: me.limits.nodeLimit, max_servers: me.limits.serverLimit },
  }
}

function toInvoice({ id, amount, status, createdAt, pdfUrl }: InvoiceResult): Static<typeof schemas.invoiceResponse>['data'] {
  return {
    id,
    amount: amount.minorUnits,
    currency: amount.currency,
    status: status.toLowerCase() as 'paid',
    created_at: toSeconds(createdAt),
    pdf_url: pdfUrl.replace(`/invoices/${id.slice('inv_'.length)}/pdf`, `/invoices/${id}.pdf`),
  }
}

/** @returns a time without milliseconds, such as 2026-05-01T00:00:00Z */
function toSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z')
}

const ESCLUSE_REQUEST_FIELDS: Readonly<Record<string, string>> = {
  input: 'body',
  id: 'params.id',
  externalId: 'params.external_id',
  'input.idempotencyKey': 'headers.idempotency-key',
}

/** Maps `input.successUrl` to `body.success_url`. */
const nameEscluseField: NameField = (field, { params }) => {
  // The server to release is in the path, and the one to claim is in the body.
  if (field === 'input.externalId' && hasExternalId(params)) return 'params.external_id'
  const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return ESCLUSE_REQUEST_FIELDS[field] ?? snakeCase(field.replace(/^input\./, 'body.'))
}

function hasExternalId(params: unknown): boolean {
  return typeof params === 'object' && params !== null && 'external_id' in params
}

/** @throws BAD_USER_INPUT */
function assertUrl(field: string, url: string): void {
  if (!URL.canParse(url)) throw invalidInputError(field, 'must be an absolute URL, for example "https://app.example.com/billing"')
}
