import { setTimeout as sleep } from 'node:timers/promises'

/** The limits of the servers' sessions in a run. They are shorter than the defaults, so that a run is short. */
export const LIMITS = {
  DATABASE_LOCK_TIMEOUT_MS: 2000,
  DATABASE_STATEMENT_TIMEOUT_MS: 6000,
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: 4000,
}
const LONGER_THAN_IDLE_TRANSACTION_MS = LIMITS.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS + 3000
const LONGER_THAN_LOCK_MS = LIMITS.DATABASE_LOCK_TIMEOUT_MS + 2000
const SHORT_MS = 3000
/** A server probes writes every five seconds. */
const LONGER_THAN_WRITE_PROBE_MS = 8000

/**
 * @param system  `servers`, each with its proxy to the database in `proxies`; `database`, `disk` (undefined if none
 *   could be mounted), `provider` (a proxy), `receiver`, `random`
 * @returns name -> breaks something, waits and restores it
 */
export function createFaults(system) {
  return { ...serverFaults(system), ...networkFaults(system), ...databaseFaults(system), ...otherFaults(system) }
}

async function during(milliseconds, inject, restore) {
  await inject()
  await sleep(milliseconds)
  await restore()
}

function pick({ random }, list) {
  return list[Math.floor(random() * list.length)]
}

function serverFaults(system) {
  const any = () => pick(system, system.servers)
  return {
    'a server is killed': () => any().end('SIGKILL'),
    'a server is stopped and started': () => any().end('SIGTERM'),
    'a server is frozen (SIGSTOP)': () => {
      const server = any()
      return during(
        LONGER_THAN_IDLE_TRANSACTION_MS,
        () => server.signal('SIGSTOP'),
        () => server.signal('SIGCONT'),
      )
    },
    'a PDF worker is terminated': () => any().signal('SIGUSR2'),
  }
}

function networkFaults(system) {
  const { proxies } = system
  const restore = () => {
    for (const proxy of proxies) proxy.restore()
  }
  const onAll = (inject) => () => during(SHORT_MS, () => proxies.forEach(inject), restore)
  return {
    'connections to the database are cut': () => {
      for (const proxy of proxies) proxy.cut()
    },
    'a server loses the network without FIN': () => during(LONGER_THAN_IDLE_TRANSACTION_MS, () => pick(system, proxies).silence(), restore),
    'the database has a latency of 150 ms': onAll((proxy) => proxy.setDelay(150)),
    'the database is unavailable': onAll((proxy) => proxy.refuse()),
  }
}

function databaseFaults({ database, proxies, disk }) {
  return {
    'PostgreSQL is killed': () => database.end('SIGKILL'),
    'PostgreSQL is restarted': () => database.end('SIGINT'),
    'max_connections is exhausted': async () => {
      const release = await database.takeConnections()
      // The servers need new connections and get none.
      for (const proxy of proxies) proxy.cut()
      await sleep(SHORT_MS)
      await release()
    },
    'statements are cancelled': () => database.interruptSessions('pg_cancel_backend', SHORT_MS),
    'sessions are terminated': () => database.interruptSessions('pg_terminate_backend', SHORT_MS),
    'lock timeouts': () => database.lockCounters(LONGER_THAN_LOCK_MS),
    ...(disk && { 'the disk is full': () => disk.fill(LONGER_THAN_WRITE_PROBE_MS) }),
  }
}

function otherFaults({ provider, receiver }) {
  return {
    'the payment provider is unavailable': () =>
      during(
        SHORT_MS,
        () => provider.refuse(),
        () => provider.restore(),
      ),
    'the webhook endpoint fails': () =>
      during(
        SHORT_MS,
        () => receiver.fail(true),
        () => receiver.fail(false),
      ),
  }
}
