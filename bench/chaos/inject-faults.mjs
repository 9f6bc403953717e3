import { setTimeout as sleep } from 'node:timers/promises'
import { createFaults } from './faults.mjs'
import { createRandom } from './random.mjs'
import { Timeline } from './timeline.mjs'

const MAX_SETTLE_MS = 60_000
const MAX_EXTRA_SECONDS = 60
const LOAD_AFTER_FAULTS_MS = 5000

/**
 * Injects faults in random order, and then fails over to a standby.
 * @param system  of `startSystem`; @param client  of the load
 * @returns one row per kind of fault, the faults that were not injected, and those that were not recovered from
 */
export async function injectFaults(system, client, { seconds, isComplete, seed, report }) {
  const { servers, proxies, database, disk, providerProxy, receiver, balancer } = system
  const random = createRandom(seed)
  const faults = createFaults({ servers, proxies, database, disk, provider: providerProxy, receiver, random })
  const counts = Object.fromEntries(Object.keys(faults).map((name) => [name, 0]))
  const timeline = new Timeline()
  const failed = []
  const numbers = servers.map((_, server) => server)

  /** Injects a fault, and waits until all servers are ready and have acknowledged a write. */
  const inject = async (name, fault) => {
    report(name)
    const { end } = await timeline.record(name, () => Promise.resolve(fault()).catch((error) => failed.push(`${name}: ${error.message}`)))
    const hasWritten = (server) => client.writes.findLast((write) => write.server === server)?.at > end
    while (!(balancer.areAllReady() && numbers.every(hasWritten)) && Date.now() < end + MAX_SETTLE_MS) await sleep(50)
    if (Date.now() >= end + MAX_SETTLE_MS) failed.push(`${name}: no recovery within ${MAX_SETTLE_MS / 1000} s`)
    await sleep(200 + random() * 500)
  }
  const leastCount = () => Math.min(...Object.values(counts))
  const leastUsed = () => {
    const least = leastCount()
    const names = Object.keys(counts).filter((name) => counts[name] === least)
    return names[Math.floor(random() * names.length)]
  }

  const started = Date.now()
  // Every fault is injected once, if that does not take much longer.
  while (Date.now() - started < (seconds + (isComplete && leastCount() === 0 ? MAX_EXTRA_SECONDS : 0)) * 1000) {
    const name = leastUsed()
    counts[name] += 1
    await inject(name, faults[name])
  }
  report('a synchronous standby is started')
  await database.startStandby()
  await inject('a synchronous standby takes over', async () => {
    await database.failOver()
    for (const proxy of proxies) proxy.switchTo(database.socketPath())
  })
  report('faults ended; the load continues for 5 s, then pending work is finished')
  await sleep(LOAD_AFTER_FAULTS_MS)
  const notReached = Object.keys(counts).filter((name) => counts[name] === 0)
  const missing = {
    ...Object.fromEntries(notReached.map((name) => [name, 'CHAOS_SECONDS is too short'])),
    ...(!disk && { 'the disk is full': 'this user may not mount a disk' }),
  }
  return { summary: timeline.summarize(balancer.checks, client.writes, numbers), missing, failed }
}
