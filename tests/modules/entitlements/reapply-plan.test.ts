import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { startServer, type TestServer } from '../../support/server.js'

const SUBSCRIBERS = 120

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await server.services.db.user.createMany({ data: Array.from({ length: SUBSCRIBERS + 1 }, (_, index) => ({ id: String(100 + index) })) })
  await createOrganisation(server, 7, { 100: 'OWNER' })
  const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }'
  for (let index = 0; index < SUBSCRIBERS; index += 1) {
    await server.ask('admin', APPLY, { input: { userId: String(100 + index), planId: plans.starter } })
  }
  await server.ask('admin', APPLY, { input: { userId: '100', organisationId: '7', planId: plans.starter } })
  await server.ask('admin', APPLY, { input: { userId: '110', planId: plans.pro } })
})
afterAll(() => server.close())

const UPDATE = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }'
const REAPPLY = 'mutation ($id: ID!) { reapplyPlan(input: { planId: $id }) { reapplication { id total done finishedAt } } }'
const PROGRESS = 'query ($id: ID!) { planReapplications(planId: $id) { nodes { id total done requestedBy finishedAt } } }'

const limits = async (user: number) => (await server.ask(user, '{ me { limits { serverLimit } } }')).data.me.limits.serverLimit

test('applies a changed plan to all subscribers only on request, and resumes after a crash', async () => {
  await server.ask('admin', UPDATE, { input: { id: plans.starter, serverLimit: 8 } })
  expect(await limits(100)).toBe(5)
  const { data } = await server.ask('admin', REAPPLY, { id: plans.starter })
  expect(data.reapplyPlan.reapplication).toMatchObject({ total: SUBSCRIBERS, done: 0, finishedAt: null })
  // The database fails in the second batch; the first batch stays committed.
  await server.owner.query(`
    CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'crash'; END $$;
    CREATE TRIGGER crash BEFORE UPDATE ON subscriptions FOR EACH ROW WHEN (NEW.user_id = '190') EXECUTE FUNCTION fail_once()`)
  await expect(server.runTask('reapplyPlan', { reapplicationId: rowId(data.reapplyPlan.reapplication.id) })).rejects.toThrow()
  const [interrupted] = (await server.ask('admin', PROGRESS, { id: plans.starter })).data.planReapplications.nodes
  expect(interrupted).toMatchObject({ done: 50, total: SUBSCRIBERS, finishedAt: null, requestedBy: 'user:1' })
  expect(await limits(100)).toBe(8)
  expect(await limits(190)).toBe(5)
  await server.owner.query('DROP TRIGGER crash ON subscriptions')
  await server.settle()
  const [finished] = (await server.ask('admin', PROGRESS, { id: plans.starter })).data.planReapplications.nodes
  expect(finished).toMatchObject({ done: SUBSCRIBERS, finishedAt: '2026-05-01T10:00:00.000Z' })
  expect(await limits(190)).toBe(8)
  expect(await limits(110)).toBe(15)
  expect((await server.services.db.subscription.findFirstOrThrow({ where: { organisationId: '7' } })).planLimits).toMatchObject({
    serverLimit: 8,
  })
  const events = await server.services.db.outboxEvent.groupBy({ by: ['holder'], where: { type: 'limits.changed' }, _count: true })
  expect(events.find(({ holder }) => holder === 'user:190')?._count).toBe(2)
  expect(events.find(({ holder }) => holder === 'organisation:7')?._count).toBe(2)
})

test('restarts when it is requested again, so that nobody keeps outdated limits', async () => {
  await server.ask('admin', UPDATE, { input: { id: plans.starter, serverLimit: 9 } })
  const first = await server.ask('admin', REAPPLY, { id: plans.starter })
  await server.ask('admin', UPDATE, { input: { id: plans.starter, serverLimit: 10 } })
  const second = await server.ask('admin', REAPPLY, { id: plans.starter })
  expect(second.data.reapplyPlan.reapplication.id).toBe(first.data.reapplyPlan.reapplication.id)
  await server.settle()
  expect(await limits(100)).toBe(10)
  expect(await limits(219)).toBe(10)
})

test('notifies users without a subscription when the default plan is reapplied', async () => {
  await server.ask('admin', UPDATE, { input: { id: plans.free, serverLimit: 2 } })
  expect(await limits(220)).toBe(2)
  expect(await server.services.db.outboxEvent.count({ where: { holder: 'user:220' } })).toBe(0)
  await server.ask('admin', REAPPLY, { id: plans.free })
  await server.settle()
  const [event] = await server.services.db.outboxEvent.findMany({ where: { holder: 'user:220' } })
  expect(event).toMatchObject({ type: 'limits.changed', payload: { plan: 'free', limits: { serverLimit: 2 } } })
  expect(await limits(100)).toBe(10)
})

test('is limited to administrators and existing plans', async () => {
  expect((await server.ask(55, REAPPLY, { id: plans.free })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  expect((await server.ask('admin', REAPPLY, { id: '999' })).errors?.[0]?.extensions.code).toBe('PLAN_NOT_FOUND')
})
