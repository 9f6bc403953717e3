import { createClient } from '@redis/client'
import type { Buckets } from './buckets.js'

/** A bucket is full after so long at the latest, and can be forgotten. */
const KEPT_SECONDS = 86_400
const PATIENCE_MS = 500

/** As the statement of PostgreSQL does it: fill up, take if there is enough. Numbers of points travel as text, which keeps fractions. */
const WITHDRAW = `
  local capacity, rate, needed, wanted, at = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
  local bucket = redis.call('HMGET', KEYS[1], 'points', 'at')
  local points, last = tonumber(bucket[1] or capacity), tonumber(bucket[2] or at)
  local there = math.min(capacity, points + rate * math.max(0, at - last) / 1000)
  local taken = 0
  if there >= needed then taken = math.min(there, wanted) end
  redis.call('HSET', KEYS[1], 'points', tostring(there - taken), 'at', tostring(math.max(at, last)))
  redis.call('EXPIRE', KEYS[1], ${KEPT_SECONDS})
  return { tostring(taken), tostring(there - taken) }`

interface Log {
  warn(details: object, message: string): void
}

/** Buckets in Redis. It is connected to in the background, and again whenever it was gone. */
export function redisBuckets(url: string, log: Log): Buckets {
  const client = createClient({ url, disableOfflineQueue: true, commandOptions: { timeout: PATIENCE_MS } })
  client.on('error', (error: Error) => log.warn({ reason: error.message }, 'Redis cannot be reached'))
  void client.connect().catch(() => undefined)
  return {
    async withdraw({ caller, budget: { capacity, restoreRate }, needed, wanted, at }) {
      const values = [capacity, restoreRate, needed, wanted, at.getTime()].map(String)
      const answer = await client.eval(WITHDRAW, { keys: [`quittance:budget:${caller}`], arguments: values })
      const [taken, left] = answer as [string, string]
      return { taken: Number(taken), left: Number(left) }
    },
    async close() {
      if (client.isOpen) client.destroy()
    },
  }
}
