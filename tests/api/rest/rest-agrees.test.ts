import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LIMIT_NAMES } from '../../../src/modules/limited-resources.rules.js'
import { rowId } from '../../support/ids.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
  await must('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: { slug: 'free', name: 'Free', type: 'FREE', price: { minorUnits: 0, currency: 'USD' }, isDefault: true },
  })
})
afterAll(() => server.close())

async function must(principal: number | 'admin', query: string, variables: object = {}): Promise<any> {
  const { data, errors } = await server.ask(principal, query, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

async function get(path: string, principal: number | 'admin'): Promise<any> {
  const token = await (principal === 'admin' ? server.token(1, 'admin') : server.token(principal))
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } })
  return response.json()
}

const limit = fc.option(fc.integer({ min: 0, max: 2_147_483_647 }))
const plan = fc.record({
  name: fc.string({ unit: fc.constantFrom(...'abcdefghijäöüß &"\\'), minLength: 1, maxLength: 30 }).map((name) => `P${name}`),
  type: fc.constantFrom('FREE', 'PAID', 'EDU', 'ENTERPRISE'),
  currency: fc.constantFrom('USD', 'EUR', 'JPY', 'KWD'),
  price: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 9_000_000_000 })),
  interval: fc.constantFrom('MONTH', 'YEAR'),
  memory: limit,
  disk: limit,
  cpu: limit,
  serverLimit: limit,
  nodeLimit: limit,
  databases: limit,
  backups: limit,
  portCount: limit,
  tunnelPortCount: limit,
  // The server refuses it, because it would change the prototype of objects.
  features: fc.dictionary(
    fc.stringMatching(/^[a-z_]{1,12}$/).filter((key) => key !== '__proto__'),
    fc.oneof(fc.boolean(), fc.integer(), fc.constantFrom('basic', 'priority')),
  ),
})

const EXPONENT: Record<string, number> = { USD: 2, EUR: 2, JPY: 0, KWD: 3 }
const major = ({ minorUnits, currency }: { minorUnits: number; currency: string }) => minorUnits / 10 ** (EXPONENT[currency] ?? 2)
const seconds = (time: string) => time.replace('.000Z', 'Z')

const EVERYTHING = `{
  plans { id name type price { minorUnits currency } ${LIMIT_NAMES.join(' ')} features hiddenFromBilling isDefault }
  orders(first: 100) { nodes { id status amount { minorUnits currency } description planId date expiresAt } }
  invoices(first: 100) { nodes { id amount { minorUnits currency } status createdAt } }
  subscription { id plan { slug } status currentPeriodStart currentPeriodEnd endsAt features }
  me { portalTier limits { nodeLimit serverLimit } }
}`

let nextUser = 1000

test('GraphQL and both REST APIs return the same data for any catalog and orders', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(plan, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      async (catalog, choices) => {
        const user = nextUser++
        const ids: string[] = []
        for (const [index, { price, currency, ...input }] of catalog.entries()) {
          const slug = `p-${user}-${index}`
          const { createPlan } = await must('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
            input: { ...input, slug, price: { minorUnits: price, currency } },
          })
          ids.push(createPlan.plan.id)
        }
        for (const choice of choices) {
          const planId = ids[choice % ids.length]
          const { placeOrder } = await must(
            user,
            'mutation ($id: ID!) { placeOrder(input: {planId: $id, replace: true}) { order { id } } }',
            {
              id: planId,
            },
          )
          if (choice % 3 === 0) continue
          const input = { userId: String(user), planId, orderId: placeOrder.order.id }
          await must('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', { input })
        }
        const expected = await must(user, EVERYTHING)

        const plans = expected.plans.map(({ id, type, price, ...rest }: any) => ({
          ...rest,
          id: rowId(id),
          type: type.toLowerCase(),
          price: price && major(price),
          emailSendDailyLimit: rest.emailsPerDay,
        }))
        expect(await get('/api/plans', user)).toEqual(plans)
        // No plan is hidden or archived.
        expect(await get('/api/admin/plans', 'admin')).toEqual(plans)
        for (const id of ids) {
          expect(await get(`/api/plans/${rowId(id)}`, user)).toEqual(plans.find((each: any) => each.id === rowId(id)))
        }

        const orders = expected.orders.nodes.map(({ id, status, amount, planId, ...rest }: any) => ({
          ...rest,
          id: rowId(id),
          status: status.toLowerCase(),
          amount: major(amount),
          currency: amount.currency,
          planId: rowId(planId),
        }))
        expect(await get('/api/orders', user)).toMatchObject(orders)
        for (const order of orders) expect(await get(`/api/orders/${order.id}`, user)).toMatchObject(order)

        const current = orders.find((each: any) => each.status === 'active')
        expect(await get(`/api/admin/users/${user}/current-plan`, 'admin')).toMatchObject({
          plan: { type: expected.me.portalTier.toLowerCase() },
          order: current ?? null,
          plans: current ? [{ plan: { id: current.planId }, order: current }] : [],
          orders: current ? [current] : [],
        })

        const invoices = expected.invoices.nodes.map(({ id, amount, status, createdAt }: any) => ({
          id,
          amount: amount.minorUnits,
          currency: amount.currency,
          status: status.toLowerCase(),
          created_at: seconds(createdAt),
        }))
        const { data } = await get('/api/v1/billing/invoices', user)
        expect(data).toMatchObject(invoices)
        expect(data).toHaveLength(invoices.length)

        const { subscription, me } = expected
        expect(await get('/api/v1/billing/subscription', user)).toEqual({
          data: subscription && {
            id: subscription.id,
            plan: subscription.plan.slug,
            status: subscription.status.toLowerCase(),
            current_period_start: seconds(subscription.currentPeriodStart),
            current_period_end: seconds(subscription.currentPeriodEnd),
            ends_at: subscription.endsAt && seconds(subscription.endsAt),
            features: { ...subscription.features, max_nodes: me.limits.nodeLimit, max_servers: me.limits.serverLimit },
          },
        })
      },
    ),
    { numRuns: 25 },
  )
})
