import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { CachedPlanCatalog } from '../../../src/modules/catalog/index.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { testLogger } from '../../support/logger.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog
let cache: CachedPlanCatalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())
beforeEach(() => {
  cache = new CachedPlanCatalog(server.services.db, testLogger())
  cache.setConnected(true)
})

/** Changes a plan in psql, which no process is notified of. */
const rename = (name: string) => server.owner.query('UPDATE plans SET name = $1 WHERE id = $2', [name, plans.pro])
const readName = async () => (await cache.read()).byId.get(BigInt(plans.pro))?.name

test('the first poll notices a plan that was changed in psql', async () => {
  await rename('Pro')
  expect(await readName()).toBe('Pro')
  await rename('Professional')
  expect(await readName()).toBe('Pro')
  await cache.poll()
  expect(await readName()).toBe('Professional')
})

test('a poll keeps a catalog that was read after the last change', async () => {
  await cache.read()
  await cache.poll()
  await rename('Business')
  cache.invalidate()
  const catalog = await cache.read()
  await cache.poll()
  expect(cache.current).toBe(catalog)
})

test('a poll notices a plan that was changed while the catalog was read', async () => {
  await rename('Early')
  const { db } = server.services
  const findMany = vi.spyOn(db.plan, 'findMany')
  findMany.mockImplementationOnce((async (query: object) => {
    findMany.mockRestore()
    const read = await db.plan.findMany(query)
    await rename('Late')
    return read
  }) as never)
  expect(await readName()).toBe('Early')
  await cache.poll()
  expect(await readName()).toBe('Late')
})
