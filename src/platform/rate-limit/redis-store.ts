import { createClient } from '@redis/client'
import { DAY_SECONDS } from '../../core/duration.js'
import type { Logger } from '../../core/logger.js'
import { LEASE_MS, type RateLimitStore } from './postgres-store.js'

/** A bucket is full after so long at the latest, and can be forgotten. */
const IDLE_BUCKET_RETENTION_SECONDS = DAY_SECONDS
const COMMAND_TIMEOUT_MS = 500

/** The arithmetic is that of the statement for PostgreSQL. Numbers of points travel as text, which keeps fractions. */
const WITHDRAW_LUA = `
  local capacity, rate, needed, wanted, at = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
  local declared, in_hand, lease_until, expiry = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
  local deposit = tonumber(ARGV[10])
  local bucket = redis.call('HMGET', KEYS[1], 'points', 'at', 'leased', 'leased_until')
  local points, last = tonumber(bucket[1] or capacity), tonumber(bucket[2] or at)
  local leased, leased_until = tonumber(bucket[3] or 0), tonumber(bucket[4] or last)
  local there = points
  if leased_until > last then
    there = math.min(math.max(0, capacity - leased), points + rate * math.max(0, math.min(at, leased_until) - last) / 1000)
  end
  there = math.min(capacity, there + rate * math.max(0, at - math.max(last, leased_until)) / 1000)
  local is_leased = at < leased_until
  local is_current = is_leased and lease_until == leased_until
  local outstanding = is_leased and leased or 0
  local own = is_current and math.min(declared, outstanding) or 0
  local others = outstanding - own
  if others <= 1e-9 then others = 0 end
  local taken = 0
  if there >= needed then taken = math.min(there, wanted) end
  local mine = 0
  if taken > 0 then mine = taken - needed + deposit elseif is_current then mine = math.min(own, in_hand) end
  if others == 0 then leased_until = expiry end
  local text = function(number) return string.format('%.17g', number) end
  redis.call('HSET', KEYS[1], 'points', text(there - taken), 'at', text(math.max(at, last)),
    'leased', text(others + mine), 'leased_until', text(leased_until))
  redis.call('EXPIRE', KEYS[1], ${IDLE_BUCKET_RETENTION_SECONDS})
  return { text(taken), text(there - taken), text(others + mine), text(leased_until) }`

/** Buckets in Redis. It is connected to in the background, and again whenever it was gone. */
export function createRedisStore(url: string, log: Logger): RateLimitStore {
  const client = createClient({ url, disableOfflineQueue: true, commandOptions: { timeout: COMMAND_TIMEOUT_MS } })
  client.on('error', (error: Error) => log.warn({ reason: error.message }, 'Redis cannot be reached'))
  void client.connect().catch(() => undefined)
  return {
    async withdraw({ caller, budget: { capacity, restoreRate }, needed, wanted, deposit, at, lease: { declared, inHand, until } }) {
      const now = at.getTime()
      const values = [capacity, restoreRate, needed, wanted, now, declared, inHand, until.getTime(), now + LEASE_MS, deposit].map(String)
      const answer = await client.eval(WITHDRAW_LUA, { keys: [`quittance:budget:${caller}`], arguments: values })
      const [taken = 0, left = 0, leased = 0, leasedUntil = now] = (answer as string[]).map(Number)
      return { taken, left, leased, leasedUntil: new Date(leasedUntil) }
    },
    async close() {
      if (client.isOpen) client.destroy()
    },
  }
}
