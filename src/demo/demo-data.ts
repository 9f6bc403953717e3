import type pg from 'pg'
import { createPlan, type NewPlan } from '../modules/catalog/index.js'
import { ADMINISTRATOR, setBillingDetails, type UserPrincipal } from '../modules/identity/index.js'
import { type SetTaxRateInput, setTaxRate } from '../modules/invoicing/index.js'
import { type LimitValues, mapLimits } from '../modules/limited-resources.rules.js'
import { setPaymentMethods } from '../modules/payment-methods/index.js'
import type { DemoServices, Services } from '../modules/services.js'
import { DEMO_DATA_KEY } from '../modules/settings/index.js'
import { applyPlan, placeOrder } from '../modules/subscriptions/index.js'
import { DEMO_ADMINISTRATOR, DEMO_CUSTOMER } from './demo-tokens.js'

const ORGANISATION = { id: '7', name: 'Analytical Engines Ltd' }

/** Each plan names every limit, because an omitted limit would be unlimited. */
const CATALOG: (NewPlan & LimitValues)[] = [
  {
    slug: 'free',
    name: 'Free',
    type: 'FREE',
    price: 0n,
    rank: 0,
    isDefault: true,
    memory: 512,
    disk: 2048,
    cpu: 50,
    serverLimit: 1,
    nodeLimit: 0,
    databases: 0,
    backups: 0,
    portCount: 1,
    tunnelPortCount: 0,
    emailsPerDay: 10,
    features: {},
  },
  {
    slug: 'starter',
    name: 'Starter',
    type: 'PAID',
    price: 500n,
    rank: 10,
    memory: 8192,
    disk: 51_200,
    cpu: 200,
    serverLimit: 5,
    nodeLimit: 1,
    databases: 2,
    backups: 2,
    portCount: 3,
    tunnelPortCount: 1,
    emailsPerDay: 500,
    features: { support: 'basic' },
  },
  {
    slug: 'pro',
    name: 'Pro',
    type: 'PAID',
    price: 1500n,
    rank: 20,
    memory: 32_768,
    disk: 204_800,
    cpu: 800,
    serverLimit: 15,
    nodeLimit: 3,
    databases: 5,
    backups: 10,
    portCount: 10,
    tunnelPortCount: 5,
    emailsPerDay: 5000,
    features: { support: 'priority', modpack_support: true },
  },
  {
    slug: 'student',
    name: 'Student',
    type: 'EDU',
    price: 0n,
    // Same rank as Free, so that customers who reach a limit of Free are offered Starter.
    rank: 0,
    memory: 2048,
    disk: 10_240,
    cpu: 100,
    serverLimit: 2,
    nodeLimit: 1,
    databases: 1,
    backups: 1,
    portCount: 2,
    tunnelPortCount: 1,
    emailsPerDay: 100,
    features: { support: 'basic' },
  },
  {
    slug: 'enterprise',
    name: 'Enterprise',
    type: 'ENTERPRISE',
    price: null,
    rank: 30,
    ...mapLimits(() => null),
    features: { support: 'dedicated', modpack_support: true },
  },
]

/** Id of the first order, as in the documentation of EcliPanel's API. */
const FIRST_ORDER = 101

const TAX_RATES: SetTaxRateInput[] = [
  { country: 'IE', customerType: 'USER', basisPoints: 2300 },
  { country: 'IE', customerType: 'ORGANISATION', basisPoints: 2300 },
  { country: 'GB', customerType: 'USER', basisPoints: 2000 },
  { country: 'GB', customerType: 'ORGANISATION', basisPoints: 2000 },
]

/** The account numbers are examples of their bank's country, and belong to nobody. */
const PAYMENT_METHODS = [{ slug: 'bank-transfer', name: 'Bank transfer', iban: 'IE29 AIBK 9311 5212 3456 78', bic: 'AIBKIE2D' }]

/** Checks whether the database contains neither plans nor users. */
export async function isDatabaseEmpty(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query('SELECT EXISTS (SELECT FROM plans) OR EXISTS (SELECT FROM users) AS used')
  return !rows[0].used
}

/**
 * Fills an empty database through the regular commands: a catalog, tax rates, a bank account, two users, an
 * organisation, orders and their invoices.
 */
export async function loadDemoData(services: DemoServices): Promise<void> {
  const { config } = services
  const administrator: UserPrincipal = { userId: DEMO_ADMINISTRATOR.userId, role: ADMINISTRATOR }
  const customer: UserPrincipal = { userId: DEMO_CUSTOMER.userId, role: 'user' }
  await markAsDemo(services)
  await createDemoUsers(services)
  const [, starter, pro] = await createDemoPlans(services, administrator, config.billing.currency)
  if (!starter || !pro) return
  const userId = customer.userId
  for (const rate of TAX_RATES) await setTaxRate(services, administrator, rate)
  await setPaymentMethods(services, administrator, { methods: PAYMENT_METHODS })
  await setBillingDetails(services, customer, {
    name: DEMO_CUSTOMER.name,
    address: "12 St James's Square",
    city: 'London',
    zip: 'SW1Y 4JH',
    country: 'GB',
  })
  await setBillingDetails(services, customer, {
    organisationId: ORGANISATION.id,
    name: ORGANISATION.name,
    address: '1 Dorset Street',
    city: 'London',
    zip: 'W1U 4EG',
    country: 'GB',
  })
  await setNextOrderId(services, FIRST_ORDER)
  const first = await placeOrder(services, customer, { planId: starter })
  const second = await placeOrder(services, customer, { planId: pro, organisationId: ORGANISATION.id })
  // It waits for its approval. A customer with a paid plan would use changePlan instead.
  await placeOrder(services, customer, { planId: pro })
  await applyPlan(services, administrator, { userId, planId: starter, orderId: String(first.id) })
  await applyPlan(services, administrator, { userId, planId: pro, orderId: String(second.id), organisationId: ORGANISATION.id })
}

/** `setval` sets the last used id; the next order gets the one after it. */
async function setNextOrderId({ db }: Pick<Services, 'db'>, first: number): Promise<void> {
  await db.$queryRaw`SELECT setval(pg_get_serial_sequence('orders', 'id'), ${first - 1})`
}

async function createDemoUsers({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.user.createMany({
    data: [DEMO_ADMINISTRATOR, DEMO_CUSTOMER].map(({ userId, email, name }) => ({ id: userId, email, name })),
    // During a reset, a request with one of their tokens may have created them already.
    skipDuplicates: true,
  })
  await db.organisation.create({
    data: { ...ORGANISATION, memberships: { create: { userId: DEMO_CUSTOMER.userId, role: 'OWNER' } } },
  })
}

async function createDemoPlans(services: DemoServices, principal: UserPrincipal, currency: string): Promise<string[]> {
  const ids: string[] = []
  for (const plan of CATALOG) ids.push(String((await createPlan(services, principal, { ...plan, currency })).id))
  return ids
}

/** A reset deletes only what the demo has loaded. */
async function markAsDemo({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  await db.setting.create({ data: { key: DEMO_DATA_KEY, value: true, updatedAt: clock.now() } })
}
