// The time to advance the periods of subscriptions that have all ended at the same time.
import { advancePeriods } from '../dist/modules/subscriptions/scheduled-transitions.js'
import { connectDirectly } from './database.mjs'
import { sized } from './size.mjs'

const SUBSCRIPTIONS = sized(10_000, 50)
const FIRST_DAY = '2026-01-31T10:00:00.000Z'
const NOW = new Date('2026-03-31T10:00:00.000Z')

/**
 * @param connection  to an empty database
 * @returns the number of subscriptions and the time, seconds
 */
export async function benchPeriods(connection) {
  const { db, pool, close } = connectDirectly(connection, 4)
  await pool.query(`
    INSERT INTO users (id) SELECT generate_series(1, ${SUBSCRIPTIONS});
    INSERT INTO plans (slug, name, type, price, currency, is_default, created_at, updated_at)
    VALUES ('free', 'Free', 'FREE', 0, 'USD', true, now(), now());
    INSERT INTO subscriptions (user_id, plan_id, plan_name, plan_interval, plan_limits, plan_features, currency, collection, status,
      anchor, period_number, current_period_start, current_period_end, bought_at, created_at, updated_at)
    SELECT users.id, plans.id, plans.name, plans.interval, '{}', '{}', plans.currency, 'NONE', 'ACTIVE',
      '${FIRST_DAY}', 1, '${FIRST_DAY}', '2026-02-28T10:00:00Z', '${FIRST_DAY}', now(), now()
    FROM users, plans;
    ANALYZE`)
  const started = performance.now()
  await advancePeriods({ db, clock: { now: () => NOW } })
  const seconds = (performance.now() - started) / 1000
  const { rows } = await pool.query('SELECT count(*)::int AS advanced FROM subscriptions WHERE period_number = 3')
  if (rows[0].advanced !== SUBSCRIPTIONS) throw new Error(`advanced ${rows[0].advanced} of ${SUBSCRIPTIONS} periods`)
  await close()
  return { subscriptions: SUBSCRIPTIONS, seconds }
}
