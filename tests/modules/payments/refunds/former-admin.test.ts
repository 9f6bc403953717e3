import { expect, test } from 'vitest'
import { createCatalog, createOrganisation } from '../../../support/catalog.js'
import { dataOf, recordPayment } from '../../../support/payments.js'
import { requestRefund } from '../../../support/refunds.js'
import { applyPlan, cancelOrder, placeOrder } from '../../../support/requests.js'
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

test.each([
  ['has left an organisation', null],
  ['is only a member of an organisation now', 'MEMBER'],
])('who %s can neither refund nor cancel the orders that it placed for it', async (_who, role) => {
  const server = await startServer({ now: '2026-05-01T00:00:00.000Z' })
  try {
    const { starter, pro } = await createCatalog(server)
    await createOrganisation(server, ORGANISATION, { [OWNER]: 'OWNER', [BUYER]: 'ADMIN' })
    const organisation = { organisationId: String(ORGANISATION) }
    const place = async (planId: string) => (await dataOf(placeOrder(server, BUYER, { ...organisation, planId }))).placeOrder.order.id
    const pending = await place(starter)
    const active = await place(pro)
    await dataOf(applyPlan(server, { ...organisation, userId: String(BUYER), planId: pro, orderId: active }))
    const setRole = 'mutation ($input: SetMembershipInput!) { setMembership(input: $input) { organisation { id } } }'
    await dataOf(server.ask('admin', setRole, { input: { ...organisation, userId: String(BUYER), role } }))

    const refused = {
      message: `Organisation ${ORGANISATION} does not exist, or the user is not one of its owners or admins`,
      extensions: { code: 'ORGANISATION_NOT_FOUND' },
    }
    for (const orderId of [pending, active]) expect((await cancelOrder(server, BUYER, orderId)).errors).toMatchObject([refused])
    expect((await requestRefund(server, BUYER, { orderId: active })).errors).toMatchObject([refused])
    expect((await requestRefund(server, BUYER, { orderId: active, to: 'BALANCE', idempotencyKey: 'again' })).errors).toMatchObject([
      refused,
    ])

    const statusOf = 'query ($id: ID!) { order(id: $id) { status } }'
    for (const [id, status] of [
      [pending, 'PENDING'],
      [active, 'ACTIVE'],
    ] as const)
      expect(await dataOf(server.ask(BUYER, statusOf, { id }))).toEqual({ order: { status } })
    await dataOf(cancelOrder(server, 'admin', pending))
    await dataOf(requestRefund(server, OWNER, { orderId: active }))
  } finally {
    await server.close()
  }
})
