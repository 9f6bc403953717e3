import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import { DomainError, invalidInput } from '../../../core/errors.js'
import { allPages, type Connection, type RunDocument } from '../execute-operation.js'
import { type NameField, withRequestFields } from '../request-fields.js'
import { idempotent, refusals, SIGNED_IN } from '../schemas.js'
import * as schemas from './schemas.js'

const INVOICE = 'id amount { minorUnits currency } status createdAt pdfUrl'

const SUBSCRIPTION = `query EscluseSubscription {
  subscription { id provider providerId plan { slug } status currentPeriodStart currentPeriodEnd features }
  me { limits { nodeLimit serverLimit } } }`
const CHECKOUT = 'mutation EscluseCheckout($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
const INVOICES = `query EscluseInvoices($after: String) {
  invoices(first: 100, after: $after) { nodes { ${INVOICE} } pageInfo { hasNextPage endCursor } } }`
const ONE_INVOICE = `query EscluseInvoice($id: ID!) { invoice(id: $id) { ${INVOICE} } }`
const CLAIM = `mutation EscluseServer($input: ClaimServerInput!) {
  claimServer(input: $input) { claim { externalId memory disk cpu databases backups ports createdAt } } }`
const RELEASE = 'mutation EscluseRelease($externalId: String!) { releaseServer(externalId: $externalId) { released } }'

interface SubscriptionAnswer {
  subscription: {
    id: string
    provider: string | null
    providerId: string | null
    plan: { slug: string }
    status: string
    currentPeriodStart: string
    currentPeriodEnd: string
    features: object
  } | null
  me: { limits: { nodeLimit: number | null; serverLimit: number | null } }
}

interface InvoiceAnswer {
  id: string
  amount: { minorUnits: number; currency: string }
  status: string
  createdAt: string
  pdfUrl: string
}

type Claim = Omit<Static<typeof schemas.serverAnswer>['data'], 'external_id' | 'created_at'> & { externalId: string; createdAt: string }
type App = Parameters<FastifyPluginAsyncTypebox>[0]

const tags = ['Escluse']
const signedIn = { tags, security: SIGNED_IN }
const refuse = (...statuses: number[]) => refusals(schemas.error, ...statuses)

/** The billing API of Escluse, route by route: each runs a stored GraphQL document and gives its answer the old shape. */
export const escluseRoutes =
  (runDocument: RunDocument): FastifyPluginAsyncTypebox =>
  async (app) => {
    const run = withRequestFields(runDocument, nameEscluseField)
    subscriptionRoutes(app, run)
    invoiceRoutes(app, run)
    serverRoutes(app, run)
  }

function subscriptionRoutes(app: App, run: RunDocument): void {
  const current = { ...signedIn, summary: 'Get subscription', description: 'Null when there is none.' }
  app.get(
    '/billing/subscription',
    { schema: { ...current, response: { 200: schemas.subscriptionAnswer, ...refuse(401) } } },
    async (request) => {
      return { data: toSubscription(await run<SubscriptionAnswer>(request, SUBSCRIPTION)) }
    },
  )

  const one = { ...signedIn, summary: 'Get a subscription by its id', params: schemas.subscriptionParams }
  app.get(
    '/billing/subscriptions/:id',
    { schema: { ...one, response: { 200: schemas.subscriptionAnswer, ...refuse(400, 401, 404) } } },
    async (request) => {
      const answer = await run<SubscriptionAnswer>(request, SUBSCRIPTION)
      const subscription = toSubscription(answer)
      if (!subscription || ![subscription.id, `sub_${answer.subscription?.id}`].includes(request.params.id))
        throw new DomainError('SUBSCRIPTION_NOT_FOUND', `There is no subscription ${request.params.id}`)
      return { data: subscription }
    },
  )

  const checkout = { ...signedIn, summary: 'Create checkout session', headers: idempotent, body: schemas.checkout }
  app.post(
    '/billing/checkout',
    { schema: { ...checkout, response: { 200: schemas.checkoutAnswer, ...refuse(400, 401, 404) } } },
    async (request) => {
      const { plan, success_url: successUrl, cancel_url: cancelUrl } = request.body
      requireUrl('body.success_url', successUrl)
      requireUrl('body.cancel_url', cancelUrl)
      const input = { plan, successUrl, cancelUrl, idempotencyKey: request.headers['idempotency-key'] }
      const { createCheckout } = await run<{ createCheckout: { checkoutUrl: string } }>(request, CHECKOUT, { input })
      return { data: { checkout_url: createCheckout.checkoutUrl } }
    },
  )
}

function invoiceRoutes(app: App, run: RunDocument): void {
  const list = { ...signedIn, summary: 'Get invoices', description: 'Yours, and those of organisations you manage; newest first.' }
  app.get('/billing/invoices', { schema: { ...list, response: { 200: schemas.invoicesAnswer, ...refuse(401) } } }, async (request) => {
    const invoices = await allPages(
      async (after) => (await run<{ invoices: Connection<InvoiceAnswer> }>(request, INVOICES, { after })).invoices,
    )
    return { data: invoices.map(toInvoice) }
  })

  const one = { ...signedIn, summary: 'Get an invoice by its id', params: schemas.invoiceParams }
  app.get(
    '/billing/invoices/:id',
    { schema: { ...one, response: { 200: schemas.invoiceAnswer, ...refuse(400, 401, 404) } } },
    async (request) => {
      const { invoice } = await run<{ invoice: InvoiceAnswer | null }>(request, ONE_INVOICE, { id: request.params.id.slice('inv_'.length) })
      if (!invoice) throw new DomainError('INVOICE_NOT_FOUND', `There is no invoice ${request.params.id}`)
      return { data: toInvoice(invoice) }
    },
  )
}

function serverRoutes(app: App, run: RunDocument): void {
  const create = {
    tags,
    security: SIGNED_IN,
    summary: 'Create a server within the limits of the plan',
    description: "Reserves its place. For administrators and API keys with the scope CLAIMS: the panel's backend.",
    body: schemas.server,
  }
  app.post(
    '/servers',
    { schema: { ...create, response: { 201: schemas.serverAnswer, ...refuse(400, 401, 403, 404) } } },
    async (request, reply) => {
      const { external_id: externalId, user_id: userId, organisation_id: organisationId, ...figures } = request.body
      const input = {
        externalId,
        userId: String(userId),
        organisationId: organisationId?.toString(),
        ...figures,
      }
      const { claimServer } = await run<{ claimServer: { claim: Claim } }>(request, CLAIM, { input })
      const { externalId: external_id, createdAt, ...claim } = claimServer.claim
      return reply.code(201).send({ data: { external_id, ...claim, created_at: toSeconds(createdAt) } })
    },
  )

  const remove = { tags, security: SIGNED_IN, summary: 'Release a server', params: schemas.serverParams }
  app.delete(
    '/servers/:external_id',
    { schema: { ...remove, response: { 200: schemas.releaseAnswer, ...refuse(400, 401, 403) } } },
    async (request) => {
      const variables = { externalId: request.params.external_id }
      const { releaseServer } = await run<{ releaseServer: { released: boolean } }>(request, RELEASE, variables)
      return { data: releaseServer }
    },
  )
}

function toSubscription({ subscription, me }: SubscriptionAnswer) {
  if (!subscription) return null
  const { id, provider, providerId, plan, status, currentPeriodStart, currentPeriodEnd, features } = subscription
  return {
    // A subscription of Escluse's events keeps the id that they gave it.
    id: provider === 'escluse' && providerId !== null ? providerId : `sub_${id}`,
    plan: plan.slug,
    status: status.toLowerCase() as 'active',
    current_period_start: toSeconds(currentPeriodStart),
    current_period_end: toSeconds(currentPeriodEnd),
    features: { ...features, max_nodes: me.limits.nodeLimit, max_servers: me.limits.serverLimit },
  }
}

function toInvoice({ id, amount, status, createdAt, pdfUrl }: InvoiceAnswer): Static<typeof schemas.invoiceAnswer>['data'] {
  return {
    id: `inv_${id}`,
    amount: amount.minorUnits,
    currency: amount.currency,
    status: status.toLowerCase() as 'paid',
    created_at: toSeconds(createdAt),
    pdf_url: pdfUrl.replace(`/invoices/${id}/pdf`, `/invoices/inv_${id}.pdf`),
  }
}

/** 2026-05-01T00:00:00Z */
function toSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z')
}

const FIELDS: Readonly<Record<string, string>> = {
  input: 'body',
  id: 'params.id',
  externalId: 'params.external_id',
  'input.idempotencyKey': 'headers.idempotency-key',
}

/** `input.successUrl` is `body.success_url`. */
const nameEscluseField: NameField = (field) => {
  const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return FIELDS[field] ?? snakeCase(field.replace(/^input\./, 'body.'))
}

/** @throws BAD_USER_INPUT */
function requireUrl(field: string, url: string): void {
  if (!URL.canParse(url)) throw invalidInput(field, 'must be an absolute URL, for example "https://app.example.com/billing"')
}
