import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyPendingChanges } from '../../../src/modules/payments/apply-pending-changes.js'
import type { Catalog } from '../../support/catalog.js'
import { type FakeLemonSqueezy, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { insertRows } from '../../support/rows.js'
import type { TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
/** More than a batch of 50. */
const CUSTOMERS = 60
const FIRST = 1000
const FAILING = 1010
/** The period of this one ends last. */
const LAST = 1059
/** In the first batch, after the first one. */
const IN_FIRST_BATCH = 1058

let api: FakeLemonSqueezy
let server: TestServer
let plans: Catalog

beforeEach(async () => {
  ;({ api, server, plans } = await startWithLemonSqueezy(START))
  await server.owner.query(`INSERT INTO users (id) SELECT n FROM generate_series(${FIRST}, ${FIRST + CUSTOMERS - 1}) AS n`)
  const columns = {
    user_id: 'id',
    plan_id: '$1',
    pending_plan_id: '$2',
    anchor: `'${START}'`,
    current_period_start: `'${START}'`,
    // Three ends, so that a batch ends between rows with the same one.
    current_period_end: "'2026-06-01T10:00:00Z'::timestamptz - (id::int % 3) * interval '1 minute'",
    collection: "'PROVIDER'",
    provider: "'lemonsqueezy'",
    provider_subscription_id: 'id',
  }
  const sql = insertRows('subscriptions', columns, `users WHERE id >= '${FIRST}'`)
  await server.owner.query(sql, [Number(plans.pro), Number(plans.starter)])
  for (let id = FIRST; id < FIRST + CUSTOMERS; id += 1) {
    // The provider does not have the failing one.
    if (id !== FAILING) api.subscriptions.set(String(id), subscription(id, START))
  }
})
afterEach(async () => {
  await server.close()
  await api.close()
})

test('applies the due plan changes batch by batch, although one fails, and none that is withdrawn meanwhile', async () => {
  server.clock.set('2026-06-01T09:30:00.000Z')
  const first = api.hold('PATCH', '/subscriptions/')
  const applied = expect(applyPendingChanges(server.services)).rejects.toThrow('1 plan changes failed')
  await first.arrived
  await server.owner.query('UPDATE subscriptions SET pending_plan_id = NULL WHERE user_id = ANY ($1)', [[LAST, IN_FIRST_BATCH]])
  first.release()
  await applied
  const { rows } = await server.owner.query('SELECT user_id FROM subscriptions WHERE pending_made_at IS NULL ORDER BY user_id')
  expect(rows.map(({ user_id }) => user_id)).toEqual([FAILING, IN_FIRST_BATCH, LAST].map(String))
  const requested = api.requests.flatMap(({ method, path }) => (method === 'PATCH' ? path : []))
  expect(requested).toHaveLength(CUSTOMERS - 2)
  expect(new Set(requested).size).toBe(CUSTOMERS - 2)
})

test('makes each change once when two processes do it at the same time', async () => {
  server.clock.set('2026-06-01T09:30:00.000Z')
  const call = api.hold('PATCH', '/subscriptions/')
  // It has read the first batch, and is held up while the other one makes those changes.
  const heldUp = applyPendingChanges(server.services).catch(() => undefined)
  await call.arrived
  // Its request may be repeated, because the response takes long.
  const late = api.requests.at(-1)?.path
  await expect(applyPendingChanges(server.services)).rejects.toThrow('1 plan changes failed')
  call.release()
  await heldUp
  const made = api.requests.flatMap(({ method, path }) => (method === 'PATCH' && path !== late ? path : []))
  const others = made.filter((path) => !path.endsWith(String(FAILING)))
  expect(others.filter((path, place) => others.indexOf(path) < place)).toEqual([])
  expect(others).toHaveLength(CUSTOMERS - 2)
})

test('keeps a request that arrives while the previous one is being applied', async () => {
  server.clock.set('2026-06-01T09:30:00.000Z')
  const call = api.hold('PATCH', '/subscriptions/')
  const applied = applyPendingChanges(server.services).catch(() => undefined)
  await call.arrived
  const changing = Number(/\d+$/.exec(api.requests.at(-1)?.path ?? '')?.[0])
  await server.owner.query('UPDATE subscriptions SET pending_plan_id = $1 WHERE user_id = $2', [Number(plans.free), changing])
  call.release()
  await applied
  const { rows } = await server.owner.query('SELECT pending_plan_id::int AS id FROM subscriptions WHERE user_id = $1', [changing])
  expect(rows).toEqual([{ id: Number(plans.free) }])
})
