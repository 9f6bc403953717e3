import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OrderStatus } from '../../../src/modules/orders/order.enums.js'
import { assertTransition, canTransition } from '../../../src/modules/orders/order.rules.js'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { applyPlan, cancelOrder, placeOrder } from '../../support/requests.js'
import { insertRows } from '../../support/rows.js'
import { startServer, type TestServer } from '../../support/server.js'

const STATUSES: OrderStatus[] = ['PENDING', 'ACTIVE', 'CANCELLED', 'EXPIRED']
const ALLOWED = ['PENDING ACTIVE', 'PENDING CANCELLED', 'PENDING EXPIRED', 'ACTIVE CANCELLED', 'ACTIVE EXPIRED']
const PAIRS = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const))

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

describe.each(PAIRS)('an order with status %s', (from, to) => {
  const allowed = ALLOWED.includes(`${from} ${to}`)

  test(`${allowed ? 'can' : 'cannot'} change to ${to}`, () => {
    expect(canTransition(from, to)).toBe(allowed)
    const attempt = () => assertTransition({ id: 1n, status: from }, to)
    if (allowed) attempt()
    else expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_TRANSITION' }))
  })
})

test.each(STATUSES)('the error for an order that is already %s says so', (state) => {
  expect(() => assertTransition({ id: 1n, status: state }, state)).toThrow(`Order 1 is already ${state.toLowerCase()}`)
})

test('the database refuses the same transitions', async () => {
  const { pro } = await createCatalog(server)
  const { pool } = server.connections
  for (const [from, to] of PAIRS.filter(([a, b]) => a !== b)) {
    const { data } = await placeOrder(server, 500 + PAIRS.findIndex(([a, b]) => a === from && b === to), { planId: pro })
    const { id } = data.placeOrder.order
    const set = (status: OrderStatus) =>
      pool.query(
        `UPDATE orders SET status = $1, activated_at = now(), cancelled_at = CASE WHEN $1::text = 'CANCELLED' THEN now() END WHERE id = $2`,
        [status, rowId(id)],
      )
    if (from !== 'PENDING') await set(from)
    if (ALLOWED.includes(`${from} ${to}`)) await set(to)
    else await expect(set(to), `${from} to ${to}`).rejects.toThrow(/cannot go from/)
  }
})

test('no sequence of transitions leaves a final status', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...STATUSES)), (targets) => {
      let state: OrderStatus = 'PENDING'
      for (const next of targets) {
        const final: boolean = state === 'CANCELLED' || state === 'EXPIRED'
        if (canTransition(state, next)) {
          expect(final || next === 'PENDING').toBe(false)
          state = next
        }
      }
    }),
  )
})

test('an active order of an earlier system that names no plan is cancelled alone, and the plan continues', async () => {
  const planless = await startServer()
  const { pro } = await createCatalog(planless)
  await planless.ask(9, '{ me { id } }')
  await applyPlan(planless, { userId: '9', planId: pro })
  await planless.owner.query(
    insertRows('orders', { id: '5000', user_id: "'9'", status: "'ACTIVE'", activated_at: 'now()' }, '(SELECT) AS one'),
  )
  const { data } = await cancelOrder(planless, 9, 'ord_5000')
  expect(data.cancelOrder.order.status).toBe('CANCELLED')
  const after = await planless.ask(9, '{ me { currentPlan { slug } } subscription { status } }')
  expect(after.data).toEqual({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'ACTIVE' } })
  await planless.close()
})
