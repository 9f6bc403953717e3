import { expect, test } from 'vitest'
import { createCatalog, createOrganisation } from '../../../support/catalog.js'
import { dataOf, recordPayment } from '../../../support/payments.js'
import { applyPlan } from '../../../support/requests.js'
import { startServer } from '../../../support/server.js'

const OWNER = 61
const BUYER = 62
const ORGANISATION = 7

test('who has left an organisation reads the credit notes of its own invoices, and not those of others in the same refund', async () => {
  const server = await startServer({ now: '2026-05-01T00:00:00.000Z' })
  try {
    const { starter, pro } = await createCatalog(server)
    await createOrganisation(server, ORGANISATION, { [OWNER]: 'OWNER', [BUYER]: 'ADMIN' })
    const organisation = { organisationId: String(ORGANISATION) }
    const place = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
    const bought = (await dataOf(server.ask(OWNER, place, { input: { ...organisation, planId: starter } }))).placeOrder.order.id
    await dataOf(applyPlan(server, { ...organisation, userId: String(OWNER), planId: starter, orderId: bought }))
    server.clock.set('2026-05-03T00:00:00.000Z')
    const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id } } }'
    const changed = (await dataOf(server.ask(BUYER, change, { input: { ...organisation, planId: pro } }))).changePlan.order.id
    await dataOf(recordPayment(server, { orderId: changed, amount: 935, reference: 'transfer' }))
    server.clock.set('2026-05-04T00:00:00.000Z')
    const refund = 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id } } }'
    await dataOf(server.ask(BUYER, refund, { input: { orderId: changed, reason: 'Too large' } }))

    const query = `query ($id: ID!) { order(id: $id) { refunds { amount { minorUnits }
      creditNotes { amount { minorUnits } invoice { order { id } } } } } }`
    const read = async (who: number | 'admin') => (await dataOf(server.ask(who, query, { id: changed }))).order.refunds
    const own = { amount: { minorUnits: 1403 }, invoice: { order: { id: changed } } }
    const carried = { amount: { minorUnits: 32 }, invoice: { order: { id: bought } } }
    const refunded = { amount: { minorUnits: 1435 }, creditNotes: [own, carried] }
    for (const who of ['admin', OWNER, BUYER] as const) expect(await read(who)).toEqual([refunded])
    const removed = `organisationId: "${ORGANISATION}", userId: "${BUYER}"`
    await dataOf(server.ask('admin', `mutation { setMembership(input: { ${removed} }) { organisation { id } } }`))
    for (const who of ['admin', OWNER] as const) expect(await read(who)).toEqual([refunded])
    expect(await read(BUYER)).toEqual([{ ...refunded, creditNotes: [own] }])
  } finally {
    await server.close()
  }
})
