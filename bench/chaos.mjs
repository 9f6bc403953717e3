// npm run chaos: injects faults into two servers and their dependencies under steady load. Afterwards it compares the
// acknowledged requests with the database, and checks the laws of the ledger. It uses loopback only. With
// `-- --faults none --minutes 10`, it injects none, and no request may fail and no deadlock occur.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { audit } from './chaos/audit.mjs'
import { Client } from './chaos/client.mjs'
import { injectFaults } from './chaos/inject-faults.mjs'
import { Load } from './chaos/load.mjs'
import { killMigration } from './chaos/migration.mjs'
import { parseOptions } from './chaos/options.mjs'
import { printResult } from './chaos/result.mjs'
import { startSystem } from './chaos/system.mjs'
import { endAbandonedClaims, finishPendingWork } from './chaos/work.mjs'

const COUNT_DEADLOCKS = 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()'
/** A plan change of a customer who sends several at once is to be repeated. */
const EXPECTED_WITHOUT_FAULTS = new Set(['PAYMENT_IN_PROGRESS'])

const options = parseOptions(process.argv.slice(2), process.env)
const { hasFaults, seconds, seed } = options
const started = Date.now()
const report = (text) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}`)

const system = await startSystem({ hasFaults, report })
const { database, provider, receiver, balancer, servers, administrator, plans } = system
const client = new Client(balancer)
const load = new Load({ client, provider, administrator, plans })
let isGood = false
try {
  isGood = await run()
} finally {
  await system.stop()
}
report(isGood ? 'no acknowledged work was lost or duplicated' : 'some rules are BROKEN')
process.exit(isGood ? 0 : 1)

/** @returns whether all rules hold */
async function run() {
  const result = hasFaults ? await runWithFaults() : await runWithoutFaults()
  const db = new pg.Client(database.connection)
  await db.connect()
  try {
    const stopEnding = endAbandonedClaims(db)
    await load.stop()
    await finishPendingWork(db)
    stopEnding()
    const findings = { ...(await audit(db, load.acknowledged, receiver.received)), ...(await result.listFindings(db)) }
    return printResult({ findings, ...result, client, servers, acknowledged: load.acknowledged, receiver })
  } finally {
    await db.end()
  }
}

async function runWithFaults() {
  const killed = await killMigration(database.connection)
  report(`kill -9 inside a migration: ${killed.length === 0 ? 'the next start applies it' : killed.join('; ')}`)
  load.start()
  report(`load started on two servers; injecting faults for ${seconds} s, seed ${seed}`)
  const { failed, ...result } = await injectFaults(system, client, { ...options, report })
  const listFindings = () => ({
    'a migration that was killed is applied by the next start': killed,
    'every fault was injected and restored, and all servers recovered from it': failed,
  })
  return { ...result, listFindings }
}

async function runWithoutFaults() {
  load.start()
  report(`load started on two servers for ${seconds} s, without faults`)
  for (let left = seconds; left > 0; left -= 60) {
    await sleep(Math.min(60, left) * 1000)
    report(`${client.writes.length} writes acknowledged`)
  }
  const listFindings = async (db) => {
    const [{ deadlocks }] = (await db.query(COUNT_DEADLOCKS)).rows
    const codes = [...client.codes].filter(([code]) => !EXPECTED_WITHOUT_FAULTS.has(code))
    return {
      'no deadlock occurs': deadlocks === 0 ? [] : [`PostgreSQL has counted ${deadlocks}`],
      'no request fails without a fault': codes.map(([code, count]) => `${code} ${count}`),
    }
  }
  return { listFindings }
}
