// Renewal invoices that are all due at the same time, then the begin of their periods, and periods without invoices.
import { collectDueSubscriptions } from '../../dist/modules/subscriptions/renewals/collect.js'
import { connectDirectly, openPool, query, withDatabase } from '../database.mjs'
import { compare, number, times } from '../format.mjs'
import { measureWork } from '../measure.mjs'
import { renew, TABLES } from '../peers/bare-transactions.mjs'
import { benchPeriods } from '../periods.mjs'
import { seedPurchases, servicesAt } from '../seed-purchases.mjs'
import { showProgress, sized } from '../size.mjs'

const SUBSCRIPTIONS = sized(3000, 20)
/** As many as Quittance renews at the same time. */
const PEER_CONNECTIONS = 4
const BOUGHT = '2026-01-15T10:00:00.000Z'
const PERIOD_END = '2026-02-15T10:00:00.000Z'
const ISSUE_AT = '2026-02-08T10:00:00.000Z'
const ISSUED = "SELECT count(*)::int AS count FROM invoices WHERE due_at = '2026-02-15T10:00:00Z'"
const BEGUN = "SELECT count(*)::int AS count FROM subscriptions WHERE period_number = 2 AND status = 'PAST_DUE'"

export const renewals = {
  name: 'renewals',
  title: 'Renewals',
  run: async () => ({ ...(await withDatabase(measure)), periods: await withDatabase(({ connection }) => benchPeriods(connection)) }),
  summarize,
}

async function measure(database) {
  const peer = await renewAtPeer(database)
  const { db, pool, close } = connectDirectly(database.connection, 4)
  await seedPurchases(pool, SUBSCRIPTIONS, { bought: BOUGHT, periodEnd: PERIOD_END, collectAt: ISSUE_AT })
  const collectAt = async (time, expected) => {
    showProgress(`renewals: ${SUBSCRIPTIONS} at ${time}`)
    const run = await measureWork(() => collectDueSubscriptions(servicesAt(db, time)), {
      database,
      role: 'bench',
      operations: SUBSCRIPTIONS,
    })
    const { rows } = await pool.query(expected)
    if (rows[0].count !== SUBSCRIPTIONS) throw new Error(`${rows[0].count} of ${SUBSCRIPTIONS}: ${expected}`)
    return run
  }
  const issue = await collectAt(ISSUE_AT, ISSUED)
  const begin = await collectAt(PERIOD_END, BEGUN)
  await close()
  return { subscriptions: SUBSCRIPTIONS, peer, issue, begin }
}

/** The same number of renewals by handwritten transactions, in a database of their own. */
async function renewAtPeer(database) {
  const name = await database.create('peer_renewals', { isMigrated: false })
  const connection = JSON.parse(database.peerConnection(name))
  await query(connection, TABLES)
  await query(
    connection,
    `INSERT INTO orders (user_id, plan_id, status, amount) SELECT n, 1, 'ACTIVE', 1500 FROM generate_series(1, ${SUBSCRIPTIONS}) AS n`,
  )
  await query(connection, "INSERT INTO subscriptions SELECT user_id, 1, id, now(), now() + interval '1 month' FROM orders; ANALYZE")
  const pool = openPool(connection, PEER_CONNECTIONS)
  showProgress(`renewals: ${SUBSCRIPTIONS} at the peer`)
  let next = 0
  const renewAll = async () => {
    while (next < SUBSCRIPTIONS) {
      next += 1
      await renew(pool, { userId: String(next), planId: 1 })
    }
  }
  const result = await measureWork(() => Promise.all(Array.from({ length: PEER_CONNECTIONS }, renewAll)), {
    database,
    role: 'peer',
    operations: SUBSCRIPTIONS,
  })
  await pool.end()
  return result
}

function summarize({ subscriptions, peer, issue, begin, periods }) {
  const { table, comparisons } = compare({
    work: 'issuing renewal invoices',
    unit: 'renewals per second',
    ours: [
      { name: 'Quittance, issuing the invoice', result: issue },
      { name: 'Quittance, beginning an unpaid period', result: begin },
    ],
    peers: [
      {
        name: 'handwritten pg transactions, one for each',
        lacks: 'tax, ledger, balance, events, reminders, statistics, invoice snapshot',
        result: peer,
      },
    ],
  })
  return {
    goals: [],
    comparisons,
    text: `${number(subscriptions)} renewals that are due together, in one run with four connections, without HTTP. The peer inserts an order and an invoice
with the next number and extends the subscription. Beginning the periods of unpaid renewals takes ${times(issue.rate / begin.rate)} as long as issuing
their invoices. ${number(periods.subscriptions)} periods without an invoice advance at ${times(periods.subscriptions / periods.seconds / issue.rate)} the rate.

${table}`,
  }
}
