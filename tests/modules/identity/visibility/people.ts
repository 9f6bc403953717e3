import { mapLimits } from '../../../../src/modules/limited-resources.rules.js'
import { createCatalog, createOrganisation } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import type { TestServer } from '../../../support/server.js'
import { ABROAD, BOBS, INVOICED, ORGANISATION, ownerName, PEOPLE, SECRET } from './owners.js'

/** The ids of one user or organisation and of its data, which a request may name. */
export interface Target {
  owner: string
  userId: number
  organisationId?: number
  orderId: number
  pendingOrderId: number
  /** A pending order for which a payment can be reported. */
  unpaidOrderId: number
  invoiceId: number
  subscriptionId: number
  externalId: string
  /** The plan that changePlan requests. Default: `Installation.otherPlan`. */
  changeTo?: string
}

/** Ids of data that belongs to no customer. */
export interface Installation {
  plan: string
  otherPlan: string
  scratchPlan: string
  override: string
  endpoint: string
  spareEndpoint: string
  delivery: string
  providerEvent: string
  /** A payment of a customer whose data no other request names. */
  payment: string
  /** A part of a refund that waits until an administrator confirms it. */
  refundPart: string
  /** Reported payments that wait for a decision. */
  reportedPayment: string
  rejectedPayment: string
  keys: Record<'READ' | 'CLAIMS' | 'SYNC' | 'PORTAL', number>
  /** A key that a test may revoke. */
  spareKey: string
  openInvoice: string
  /** An invoice whose buyer owes the tax. */
  taxedInvoice: string
  otherOpenInvoice: string
  /** A mail that was sent. */
  mail: string
}

export interface World {
  targets: Target[]
  installation: Installation
}

const TARGETS: readonly (readonly [userId: number, organisationId?: number])[] = [
  [PEOPLE.Ada],
  [PEOPLE.Ada, ORGANISATION],
  [PEOPLE.Ada, SECRET],
  [PEOPLE.Bob],
  [PEOPLE.Bob, BOBS],
  [PEOPLE.Cleo],
  [PEOPLE.Alan, INVOICED],
]

/**
 * Creates users and organisations with plans, orders, invoices, credit notes, refunds, servers and limits.
 */
export async function createWorld(server: TestServer): Promise<World> {
  const plans = await createCatalog(server)
  const { Ada, Alan, Mia, Cleo, Bob, Eve } = PEOPLE
  await createOrganisation(server, ORGANISATION, { [Ada]: 'OWNER', [Alan]: 'ADMIN', [Mia]: 'MEMBER', [Eve]: 'ADMIN' })
  await createOrganisation(server, SECRET, { [Ada]: 'OWNER' })
  await createOrganisation(server, BOBS, { [Bob]: 'OWNER' })
  await createOrganisation(server, INVOICED, { [Alan]: 'ADMIN' })
  await createOrganisation(server, ABROAD, { [Bob]: 'OWNER' })
  for (const id of Object.values(PEOPLE)) await ask(server, id, '{ me { id } }')

  // Customers with a paid subscription cannot place orders.
  const [pending, unpaid] = [new Map<string, number>(), new Map<string, number>()]
  for (const [userId, organisationId] of TARGETS) {
    const owner = ownerName(userId, organisationId ?? null)
    pending.set(owner, await placeOrder(server, userId, organisationId, plans.pro))
    unpaid.set(owner, await placeOrder(server, userId, organisationId, plans.pro))
  }
  const [[userId, organisationId = null] = [Ada]] = TARGETS
  const waiting = { userId: String(userId), organisationId: organisationId === null ? null : String(organisationId) }
  const orderId = BigInt(pending.get(ownerName(userId, organisationId)) ?? 0)
  await server.services.db.waitingInvoice.create({ data: { ...waiting, orderId, missing: ['country'], since: server.clock.now() } })
  const method =
    '{ slug: "bank-transfer", name: "Bank transfer", instructions: "{invoice}", iban: "DE89370400440532013000", bic: "COBADEFFXXX" }'
  await ask(server, 'admin', `mutation { setPaymentMethods(input: { methods: [${method}] }) { methods { slug } } }`)
  const note = '{ country: "DE", language: "de", subject: REG, text: "Test" }'
  await ask(server, 'admin', `mutation { setLegalNotes(input: { notes: [${note}] }) { notes { text } } }`)

  const rates = '{ day: "2026-04-30", source: "ECB", rates: [{ currency: "USD", perEuro: "1.15" }] }'
  await ask(server, 'admin', `mutation { setExchangeRates(input: ${rates}) { exchangeRates { day } } }`)
  const rate = '{ country: "DE", customerType: USER, name: "Tax", percentage: "0", exemption: "Test" }'
  await ask(server, 'admin', `mutation { setTaxRate(input: ${rate}) { taxRate { country } } }`)
  await ask(
    server,
    Ada,
    'mutation { setBillingDetails(input: { name: "Ada", country: "DE", taxId: "DE136695976" }) { billingDetails { name } } }',
  )
  for (const organisationId of [ORGANISATION, SECRET]) {
    const input = `{ organisationId: "${organisationId}", name: "Organisation", country: "DE", taxId: "DE136695976" }`
    await ask(server, Ada, `mutation { setBillingDetails(input: ${input}) { billingDetails { name } } }`)
  }
  const privatePlan = await createPlan(server, {
    slug: 'ada-private',
    name: "Ada's private plan",
    price: { minorUnits: 77_700, currency: 'USD' },
    hiddenFromBilling: true,
    ...EVERY_LIMIT,
  })
  const scratchPlan = await createPlan(server, {
    slug: 'scratch',
    name: 'Scratch',
    price: { minorUnits: 100, currency: 'USD' },
    ...EVERY_LIMIT,
  })
  await apply(server, { userId: String(Eve), organisationId: String(ORGANISATION), planId: plans.starter, notes: 'bought by Eve' })
  const ofEve = `organisationId: "${ORGANISATION}", userId: "${Eve}"`
  await ask(server, 'admin', `mutation { cancelPlan(input: { ${ofEve} }) { success } }`)
  await ask(server, 'admin', `mutation { setMembership(input: { ${ofEve} }) { organisation { id } } }`)
  await buyAndRefund(server, Ada, ORGANISATION)
  await buy(server, Ada, 'pro', ORGANISATION)
  await apply(server, { userId: String(Ada), planId: privatePlan })
  await apply(server, { userId: String(Ada), organisationId: String(SECRET), planId: plans.enterprise, amount: 99_900 })
  await apply(server, { userId: String(Bob), planId: plans.pro })
  await apply(server, { userId: String(Bob), organisationId: String(BOBS), planId: plans.starter })
  await buyByInvoice(server, Alan, INVOICED, plans.starter)
  for (const id of [Alan, Mia, Cleo, Eve]) await apply(server, { userId: String(id), planId: plans.starter })
  // A gift does not prevent a checkout.
  for (const id of [Mia, Cleo, Eve]) await apply(server, { userId: String(id), planId: plans.starter, amount: 0 })

  const targets = await Promise.all(
    TARGETS.map(([userId, organisationId]) => {
      const owner = ownerName(userId, organisationId ?? null)
      return targetOf(server, userId, organisationId, { pendingOrderId: pending.get(owner) ?? 0, unpaidOrderId: unpaid.get(owner) ?? 0 })
    }),
  )
  // An upgrade whose order waits for its payment.
  for (const target of targets) if (target.organisationId === INVOICED) target.changeTo = plans.pro
  for (const target of targets) {
    await createUsage(server, target)
    await createBalance(server, target)
    await reportPayment(server, target, 'test')
  }
  const taxedInvoice = await issueTaxedInvoice(server, Bob)
  await checkVatIds(server)
  const move = { nextPrice: 100n, nextPriceAt: new Date('2030-01-01T00:00:00.000Z') }
  await server.services.db.subscription.updateMany({ where: { status: { not: 'EXPIRED' } }, data: move })
  const [target] = targets
  if (!target) throw new Error('the list of targets is empty')
  const reports = {
    reportedPayment: await reportOpenInvoice(server, Mia),
    rejectedPayment: await reportPayment(server, target, 'lost'),
    taxedInvoice,
    openInvoice: await issueOpenInvoice(server, Mia),
    otherOpenInvoice: await issueOpenInvoice(server, Mia),
  }
  return {
    targets,
    installation: { ...(await createInstallation(server, { plan: plans.pro, otherPlan: plans.starter, scratchPlan })), ...reports },
  }
}

type Plans = Pick<Installation, 'plan' | 'otherPlan' | 'scratchPlan'>

async function createInstallation(
  server: TestServer,
  plans: Plans,
): Promise<Omit<Installation, 'reportedPayment' | 'rejectedPayment' | 'taxedInvoice' | 'openInvoice' | 'otherOpenInvoice'>> {
  const { db } = server.services
  const createKey = async (scope: string) => {
    const query = `mutation { createApiKey(input: { name: "${scope}", scopes: [${scope}] }) { key apiKey { id } } }`
    const { data } = await ask(server, 'admin', query)
    return { id: rowId(data.createApiKey.apiKey.id), secret: data.createApiKey.key as string }
  }
  const createEndpoint = async () => {
    const query =
      'mutation { createWebhookEndpoint(input: { url: "http://127.0.0.1:9/events", description: "x", types: [ORDER_PLACED] }) { endpoint { id } } }'
    return (await ask(server, 'admin', query)).data.createWebhookEndpoint.endpoint.id as string
  }
  const [read, claims, sync, spare] = [await createKey('READ'), await createKey('CLAIMS'), await createKey('SYNC'), await createKey('READ')]
  const portal = await createKey('PORTAL')
  await fetch(`${server.url}/graphql?query={billingEnabled}`, { headers: { authorization: `Bearer ${read.secret}` } })
  await ask(server, 'admin', `mutation { reapplyPlan(input: { planId: "${plans.plan}" }) { reapplication { id } } }`)
  await db.planReapplication.updateMany({ data: { finishedAt: server.clock.now() } })
  const [endpoint, spareEndpoint] = [await createEndpoint(), await createEndpoint()]
  const delivery = (await ask(server, 'admin', `mutation { sendTestEvent(input: { endpointId: "${endpoint}" }) { delivery { id } } }`)).data
    .sendTestEvent.delivery.id
  await server.deliver()
  await db.webhookDelivery.updateMany({ where: { id: rowId(delivery) }, data: { status: 'FAILED', responseStatus: 500 } })
  const providerEvent = await db.providerEvent.findFirstOrThrow({ orderBy: { id: 'asc' } })
  await db.providerEvent.update({ where: { id: providerEvent.id }, data: { status: 'PARKED', lastError: 'test' } })
  await apply(server, { userId: String(PEOPLE.Bob), organisationId: String(ABROAD), planId: plans.plan })
  const payment = await db.payment.findFirstOrThrow({ where: { organisationId: String(ABROAD) } })
  return {
    ...plans,
    override: String((await db.limitOverride.findFirstOrThrow({ orderBy: { id: 'asc' } })).id),
    endpoint,
    spareEndpoint,
    delivery,
    providerEvent: String(providerEvent.id),
    payment: String(payment.id),
    refundPart: await refundManually(server),
    keys: { READ: read.id, CLAIMS: claims.id, SYNC: sync.id, PORTAL: portal.id },
    spareKey: String(spare.id),
    mail: await deliverMails(server),
  }
}

/** Mails of organisations have arrived, and those of users have bounced. @returns a mail that has arrived */
async function deliverMails({ owner, services: { db } }: TestServer): Promise<string> {
  await owner.query(`
    UPDATE mails SET status = CASE WHEN organisation_id IS NULL THEN 'BOUNCED' ELSE 'SENT' END, recipient = users.email, locale = 'en',
      content = '{}', attempts = 1, error = CASE WHEN organisation_id IS NULL THEN '550 No such user' END, next_attempt_at = NULL,
      sent_at = CASE WHEN organisation_id IS NULL THEN NULL ELSE mails.created_at END
    FROM users WHERE users.id = mails.user_id AND users.email IS NOT NULL AND mails.status = 'QUEUED'`)
  return String((await db.mail.findFirstOrThrow({ where: { status: 'SENT' } })).id)
}

async function targetOf(
  server: TestServer,
  userId: number,
  organisationId: number | undefined,
  orders: Pick<Target, 'pendingOrderId' | 'unpaidOrderId'>,
): Promise<Target> {
  const { db } = server.services
  const where = organisationId === undefined ? { userId: String(userId), organisationId: null } : { organisationId: String(organisationId) }
  const order = await db.order.findFirstOrThrow({ where: { ...where, status: 'ACTIVE' } })
  // A gift has no invoice; then it is that of the plan before.
  const invoice = await db.invoice.findFirstOrThrow({ where: { ...where, kind: 'INVOICE' }, orderBy: { id: 'desc' } })
  const owner = ownerName(userId, organisationId ?? null)
  const organisation = organisationId === undefined ? {} : { organisationId }
  const ids = {
    orderId: rowId(order.id),
    ...orders,
    invoiceId: rowId(invoice.id),
    subscriptionId: rowId(order.subscriptionId ?? 0n),
  }
  return { owner, userId, ...ids, externalId: `server of ${owner}`, ...organisation }
}

async function placeOrder(server: TestServer, userId: number, organisationId: number | undefined, planId: string): Promise<number> {
  const input = { planId, purchaseOrder: 'PO-4711', ...(organisationId !== undefined && { organisationId: String(organisationId) }) }
  const query = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
  return rowId((await ask(server, userId, query, { input })).data.placeOrder.order.id)
}

/** Reports a payment as the buyer. @returns its id */
async function reportPayment(server: TestServer, { userId, unpaidOrderId }: Target, reference: string): Promise<string> {
  const input = `orderId: "${unpaidOrderId}", amount: 100, reference: "${reference}", method: "bank-transfer", note: "test"`
  const { data } = await ask(server, userId, `mutation { reportPayment(input: { ${input} }) { reportedPayment { id } } }`)
  return String(rowId(data.reportPayment.reportedPayment.id))
}

/** Issues an invoice with tax to an organisation whose VAT id is not checked yet. @returns its id */
async function issueTaxedInvoice(server: TestServer, userId: number): Promise<string> {
  const details = `organisationId: "${ABROAD}", name: "Engines SARL", country: "FR", taxId: "FR83404833048"`
  await ask(server, userId, `mutation { setBillingDetails(input: { ${details} }) { billingDetails { name } } }`)
  return issueOpenInvoice(server, userId, ABROAD)
}

/** Issues an invoice that the balance of the customer does not cover. @returns its id */
async function issueOpenInvoice(server: TestServer, userId: number, organisationId?: number): Promise<string> {
  const customer = organisationId === undefined ? `userId: "${userId}"` : `organisationId: "${organisationId}", userId: "${userId}"`
  const items = 'items: [{ description: "A migration", quantity: 1, unitPrice: 100000 }]'
  const issued = await ask(
    server,
    'admin',
    `mutation { issueInvoice(input: { ${customer}, currency: "USD", ${items} }) { invoice { id } } }`,
  )
  return String(rowId(issued.data.issueInvoice.invoice.id))
}

/** Reports a payment for an open invoice. @returns the id of the reported payment */
async function reportOpenInvoice(server: TestServer, userId: number): Promise<string> {
  const input = `invoiceId: "${await issueOpenInvoice(server, userId)}", amount: 100, reference: "arrived", paidAt: "2026-01-01T00:00:00Z"`
  const { data } = await ask(server, userId, `mutation { reportPayment(input: { ${input} }) { reportedPayment { id } } }`)
  return String(rowId(data.reportPayment.reportedPayment.id))
}

/** Grants credit, and records a payment for the invoice, which is reversed. */
async function createBalance(server: TestServer, { userId, organisationId, invoiceId }: Target): Promise<void> {
  const customer = organisationId === undefined ? `userId: "${userId}"` : `organisationId: "${organisationId}"`
  const amount = 'amount: { minorUnits: 100, currency: "USD" }'
  await ask(
    server,
    'admin',
    `mutation { grantCredit(input: { ${customer}, ${amount}, reason: "test", expiresAt: "2030-01-01T00:00:00Z" }) { grant { id } } }`,
  )
  const payment = `invoiceId: "${invoiceId}", amount: 100, kind: BANK_TRANSFER, reference: "test"`
  const { data } = await ask(server, 'admin', `mutation { recordPayment(input: { ${payment} }) { payment { id } } }`)
  const { id } = data.recordPayment.payment
  await ask(server, 'admin', `mutation { reversePayment(input: { paymentId: "${id}", reason: "test" }) { payment { id } } }`)
}

/** Stores a result for every VAT id, with every field in one of two results. */
async function checkVatIds(server: TestServer): Promise<void> {
  const { db, clock } = server.services
  const checkedAt = clock.now()
  for (const [index, { id, userId, organisationId, vatId }] of (await db.vatId.findMany({ orderBy: { id: 'asc' } })).entries()) {
    const [result, details] =
      index === 0
        ? (['UNAVAILABLE', { error: 'MS_UNAVAILABLE' }] as const)
        : (['VALID', { name: 'Registered', address: 'Street 1', consultationNumber: 'WAPI1' }] as const)
    const check = await db.vatCheck.create({ data: { userId, organisationId, vatId, result, checkedAt, ...details } })
    await db.vatId.update({ where: { id }, data: { status: result, checkId: check.id } })
  }
}

/** Claims a server, uses a node and sets a limit override. */
async function createUsage(server: TestServer, { userId, organisationId, externalId }: Target): Promise<void> {
  const organisation = organisationId === undefined ? '' : `organisationId: "${organisationId}"`
  await ask(
    server,
    'admin',
    `mutation { claimServer(input: { externalId: "${externalId}", userId: "${userId}", ${organisation}, cpu: 1, disk: 1, memory: 1 }) { claim { memory } } }`,
  )
  await ask(
    server,
    'admin',
    `mutation { recordUsage(input: { key: "${externalId}", userId: "${userId}", ${organisation}, resource: NODES, amount: 1 }) { success } }`,
  )
  const customer = organisationId === undefined ? `userId: "${userId}"` : organisation
  await ask(
    server,
    'admin',
    `mutation { setLimitOverride(input: { ${customer}, resource: MEMORY_MB, value: 100000, reason: "test", endsAt: "2030-01-01T00:00:00Z" }) { override { id } } }`,
  )
}

const EVERY_LIMIT = { ...mapLimits(() => 9), memory: 1024, disk: 1024, cpu: 100, description: 'A plan of the test' }

const ask = async (server: TestServer, who: number | 'admin', query: string, variables: object = {}) => {
  const response = await server.ask(who, query, variables)
  if (response.errors) throw new Error(`${query}: ${JSON.stringify(response.errors)}`)
  return response
}

async function createPlan(server: TestServer, input: object): Promise<string> {
  const query = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'
  return (await ask(server, 'admin', query, { input: { type: 'PAID', ...input } })).data.createPlan.plan.id
}

async function apply(server: TestServer, input: object): Promise<void> {
  await ask(server, 'admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', { input })
}

/** Pays for a plan in the sandbox. @returns the order */
async function buy(server: TestServer, who: number, plan: string, organisationId: number): Promise<number> {
  const input = { plan, organisationId: String(organisationId), successUrl: server.url, cancelUrl: server.url }
  const { data } = await ask(server, who, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
    input,
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  await fetch(`${data.createCheckout.checkoutUrl}/pay`, { method: 'POST', redirect: 'manual', headers })
  await server.settle()
  const order = await server.services.db.order.findFirstOrThrow({ where: { organisationId: String(organisationId), status: 'ACTIVE' } })
  return rowId(order.id)
}

/** Buys a plan by an approved order, so that it is renewed by invoices. */
async function buyByInvoice(server: TestServer, userId: number, organisationId: number, planId: string): Promise<void> {
  const orderId = String(await placeOrder(server, userId, organisationId, planId))
  await apply(server, { userId: String(userId), organisationId: String(organisationId), planId, orderId })
}

/** Refunds a part of a plan that was paid by hand. @returns the id of the part that waits for its confirmation */
async function refundManually(server: TestServer): Promise<string> {
  const { db } = server.services
  const { orderId } = await db.payment.findFirstOrThrow({
    where: { kind: 'OTHER', userId: { not: String(PEOPLE.Alan) }, invoice: { status: 'PAID' }, orderId: { not: null } },
  })
  const input = `orderId: "${orderId}", amount: 1, reason: "Goodwill", endPlan: false`
  await ask(server, 'admin', `mutation { requestRefund(input: { ${input} }) { refund { id } } }`)
  const { id } = await db.refundPart.findFirstOrThrow({ where: { status: 'REQUESTED' } })
  return String(id)
}

async function buyAndRefund(server: TestServer, who: number, organisationId: number): Promise<void> {
  const orderId = String(await buy(server, who, 'starter', organisationId))
  await ask(server, who, 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id } } }', {
    input: { orderId, reason: 'changed my mind' },
  })
  await server.settle()
}
