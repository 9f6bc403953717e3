import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { RateLimiter } from '../../src/platform/rate-limit/rate-limiter.js'
import { createRedisStore } from '../../src/platform/rate-limit/redis-store.js'
import { testLogger } from '../support/logger.js'
import { expectNoOverspending } from '../support/rate-limit-property.js'
import { TestClock } from '../support/server.js'

const RATE_LIMIT = { capacity: 100, restoreRate: 10 }
const NOW = new Date('2026-05-01T10:00:00.000Z')
const HELLO = {
  principal: 'hello',
  limit: RATE_LIMIT,
  needed: 1,
  wanted: 1,
  deposit: 0,
  at: NOW,
  lease: { reserved: 0, unspent: 0, expiresAt: NOW },
}

let port: number
let redis: ChildProcess
const warned: string[] = []
const log = testLogger({ warn: (_details, message) => void warned.push(message) })

beforeAll(async () => {
  port = await freePort()
  redis = await startRedis()
})
afterAll(() => void redis.kill())

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function startRedis(): Promise<ChildProcess> {
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'])
  await new Promise<void>((done) => child.stdout?.on('data', (chunk: Buffer) => chunk.includes('Ready to accept') && done()))
  return child
}

const REDIS_START = { timeout: 60_000 }

async function startTwoLimiters(clock: TestClock): Promise<RateLimiter[]> {
  const processes = [1, 2].map(
    () => new RateLimiter({ store: createRedisStore(`redis://127.0.0.1:${port}`, 'quittance', log), clock, log }),
  )
  // Wait until both are connected: they log no warnings.
  await vi.waitFor(async () => {
    warned.length = 0
    for (const limiter of processes) await limiter.consume(`hello ${Math.random()}`, RATE_LIMIT, 1)
    expect(warned).toEqual([])
  }, REDIS_START)
  return processes
}

test('shares the rate limit of a principal between processes and refills it over time', async () => {
  const clock = new TestClock('2026-05-01T10:00:00.000Z')
  const processes = await startTwoLimiters(clock)
  const spend = () => Promise.allSettled(Array.from({ length: 60 }, (_, n) => processes[n % 2]?.consume('user:55', RATE_LIMIT, 5)))
  const countAllowed = async () => (await spend()).filter(({ status }) => status === 'fulfilled').length
  expect(await countAllowed()).toBe(20)
  expect(await countAllowed()).toBe(0)
  clock.set('2026-05-01T10:00:02.000Z')
  expect(await countAllowed()).toBe(4)
  await Promise.all(processes.map((limiter) => limiter.close()))
})

test('never exceeds the rate limit with any number of processes in any period', async () => {
  const store = createRedisStore(`redis://127.0.0.1:${port}`, 'quittance', log)
  await vi.waitFor(() => store.withdraw(HELLO), REDIS_START)
  await expectNoOverspending(store, 60)
  await store.close()
})

test('allows all requests while Redis is unavailable, and enforces the limit again afterwards', async () => {
  const clock = new TestClock('2026-05-01T10:00:00.000Z')
  const [limiter] = (await startTwoLimiters(clock)) as [RateLimiter, RateLimiter]
  const exit = new Promise((done) => redis.once('exit', done))
  redis.kill('SIGKILL')
  await exit
  for (let attempt = 0; attempt < 30; attempt += 1) await limiter.consume('user:56', RATE_LIMIT, 50)
  expect(warned).toContain('rate limit store unavailable, allowing the request')
  redis = await startRedis()
  await vi.waitFor(
    async () => {
      const isRejected = await limiter.consume('user:57', RATE_LIMIT, 50).then(
        () => false,
        () => true,
      )
      expect(isRejected).toBe(true)
    },
    { timeout: 60_000, interval: 100 },
  )
  await limiter.close()
})
