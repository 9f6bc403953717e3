import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { healthRoutes } from '../../../src/api/http/health-routes.js'
import { serversOfEachTest } from '../../support/servers.js'
import { countStatements } from '../../support/statements.js'

const start = serversOfEachTest()

test('runs hardly more statements for fifty requests than for one', async () => {
  const server = await start()
  const once = await countStatements(() => fetch(`${server.url}/readyz`))
  expect(once).toContain('SELECT _prisma_migrations')
  const statements = await countStatements(async () => {
    const responses = await Promise.all(Array.from({ length: 50 }, () => fetch(`${server.url}/readyz`)))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  })
  // One check per second, however slow the machine is.
  expect(statements.length).toBeLessThan(once.length * 25)
})

test('shares one check between concurrent requests', async () => {
  let checks = 0
  const finish: (() => void)[] = []
  const app = Fastify()
  healthRoutes(app, () => {
    checks += 1
    return new Promise((done) => finish.push(done))
  })
  const responses = Array.from({ length: 50 }, () => app.inject('/readyz'))
  await expect.poll(() => finish.length).toBe(1)
  finish[0]?.()
  for (const { statusCode } of await Promise.all(responses)) expect(statusCode).toBe(200)
  expect(checks).toBe(1)
  await app.close()
})

test('reuses the result of a check for one second, success and failure alike', async () => {
  let [checks, at] = [0, 0]
  let problem: Error | undefined
  const check = async () => {
    checks += 1
    if (problem) throw problem
  }
  const app = Fastify()
  healthRoutes(app, check, () => at)
  const statusAt = async (milliseconds: number) => {
    at = milliseconds
    return (await app.inject('/readyz')).statusCode
  }
  expect([await statusAt(0), await statusAt(999), checks]).toEqual([200, 200, 1])
  problem = new Error('unavailable')
  expect([await statusAt(999), await statusAt(1000), checks]).toEqual([200, 503, 2])
  problem = undefined
  expect([await statusAt(1999), await statusAt(2000), checks]).toEqual([503, 200, 3])
  await app.close()
})
