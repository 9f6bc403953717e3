// Subscriptions that Escluse collects, and the events that created them, with SQL.

const FIRST_USER = 5_000_000
const PLANS = `
  INSERT INTO plans (slug, name, type, price, currency, is_default, created_at, updated_at)
  VALUES ('free', 'Free', 'FREE', 0, 'USD', true, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', false, now(), now())`

/**
 * @param client  connected to a migrated database
 * @param subscriptions  their number
 * @param buyers  users with the addresses `buyer0@example.com` and so on, who have none
 */
export async function seedSubscriptions(client, subscriptions, buyers) {
  await client.query(PLANS)
  await client.query(
    "INSERT INTO users (id, email) SELECT 1000 + n, 'buyer' || n || '@example.com' FROM generate_series(0, $1::int - 1) AS n",
    [buyers],
  )
  await client.query(
    `WITH customers AS (
       INSERT INTO users (id, email) SELECT ${FIRST_USER} + n, 'customer' || n || '@example.com' FROM generate_series(1, $1::int) AS n RETURNING id)
     INSERT INTO subscriptions (user_id, plan_id, plan_name, plan_interval, plan_limits, plan_features, price, currency, collection, status,
       provider, provider_subscription_id, provider_updated_at, anchor, period_number, current_period_start, current_period_end, bought_at,
       created_at, updated_at)
     SELECT customers.id, plans.id, plans.name, plans.interval, '{}', '{}', plans.price, plans.currency, 'PROVIDER', 'ACTIVE',
       'escluse', 'old_' || customers.id, now(), now(), 1, now(), now() + interval '28 days', now(), now(), now()
     FROM customers, plans WHERE plans.slug = 'pro'`,
    [subscriptions],
  )
  await client.query(`
    INSERT INTO entitlements (user_id, plan_id, limits, features, updated_at) SELECT user_id, plan_id, '{}', '{}', now() FROM subscriptions;
    INSERT INTO webhook_events (source, body_hash, name, subject, body, status, attempts, received_at, processed_at)
    SELECT 'escluse', sha256(provider_subscription_id::bytea), 'subscription_created', 'subscription:' || provider_subscription_id,
      jsonb_build_object('event', 'subscription_created', 'data', jsonb_build_object('subscription_id', provider_subscription_id)),
      'PROCESSED', 1, now(), now()
    FROM subscriptions;
    ANALYZE`)
}
