import { createClient } from '@redis/client'
import { DAY_SECONDS } from '../../core/duration.js'
import type { Logger } from '../../core/logger.js'
import { LEASE_TTL_MS, type RateLimitStore } from './postgres-store.js'

/** An idle bucket is full after this time at the latest, so it expires. */
const IDLE_BUCKET_RETENTION_SECONDS = DAY_SECONDS
const COMMAND_TIMEOUT_MS = 500

/**
 * The arithmetic is that of the PostgreSQL statement. Points are passed as text, which preserves fractions.
 */
const WITHDRAW_LUA = `
  local capacity, rate, needed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local wanted, at = tonumber(ARGV[4]), tonumber(ARGV[5])
  local reserved, unspent, lease_until, expiry = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
  local deposit = tonumber(ARGV[10])
  local bucket = redis.call('HMGET', KEYS[1], 'points', 'at', 'leased', 'leased_until')
  local points, last = tonumber(bucket[1] or capacity), tonumber(bucket[2] or at)
  local leased, leased_until = tonumber(bucket[3] or 0), tonumber(bucket[4] or last)
  local available = points
  if leased_until > last then
    available = math.min(math.max(0, capacity - leased), points + rate * math.max(0, math.min(at, leased_until) - last) / 1000)
  end
  available = math.min(capacity, available + rate * math.max(0, at - math.max(last, leased_until)) / 1000)
  local is_leased = at < leased_until
  local is_current = is_leased and lease_until == leased_until
  local outstanding = is_leased and leased or 0
  local own_lease = is_current and math.min(reserved, outstanding) or 0
  local other_leases = outstanding - own_lease
  if other_leases <= 1e-9 then other_leases = 0 end
  local taken = 0
  if available >= needed then taken = math.min(available, wanted) end
  local new_lease = 0
  if taken > 0 then new_lease = taken - needed + deposit elseif is_current then new_lease = math.min(own_lease, unspent) end
  if other_leases == 0 then leased_until = expiry end
  local text = function(number) return string.format('%.17g', number) end
  redis.call('HSET', KEYS[1], 'points', text(available - taken), 'at', text(math.max(at, last)),
    'leased', text(other_leases + new_lease), 'leased_until', text(leased_until))
  redis.call('EXPIRE', KEYS[1], ${IDLE_BUCKET_RETENTION_SECONDS})
  return { text(taken), text(available - taken), text(other_leases + new_lease), text(leased_until) }`

/**
 * Stores buckets in Redis. The client connects in the background and reconnects when the connection is lost.
 * @param installation  separates the buckets of installations that share the Redis server
 */
export function createRedisStore(url: string, installation: string, log: Logger): RateLimitStore {
  const client = createClient({ url, disableOfflineQueue: true, commandOptions: { timeout: COMMAND_TIMEOUT_MS } })
  client.on('error', (error: Error) => log.warn({ reason: error.message }, 'Redis is unavailable'))
  void client.connect().catch(() => undefined)
  return {
    async withdraw({ principal, limit: { capacity, restoreRate }, needed, wanted, deposit, at, lease }) {
      const now = at.getTime()
      const { reserved, unspent, expiresAt } = lease
      const expiry = now + LEASE_TTL_MS
      const numbers = [capacity, restoreRate, needed, wanted, now, reserved, unspent, expiresAt.getTime(), expiry, deposit]
      const reply = await client.eval(WITHDRAW_LUA, {
        keys: [`${installation}:budget:${principal}`],
        arguments: numbers.map(String),
      })
      const [taken = 0, left = 0, leased = 0, leasedUntil = now] = (reply as string[]).map(Number)
      return { taken, left, leased, leasedUntil: new Date(leasedUntil) }
    },
    async close() {
      if (client.isOpen) client.destroy()
    },
  }
}
