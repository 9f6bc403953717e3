import { setTimeout as sleep } from 'node:timers/promises'

const CHECK_INTERVAL_MS = 250
/** Longer than the check that /readyz itself makes. */
const CHECK_TIMEOUT_MS = 2500

/** Checks /readyz of every server, as a load balancer does, and selects a ready one for each request. */
export class Balancer {
  /** Every check, in order: { at, server, isReady }. A server that does not respond is not ready. */
  checks = []
  #targets
  #next = 0
  #isRunning = true
  #dropsRequests

  /** @param dropsRequests  whether requests to a server that does not respond are sent to another one */
  constructor(urls, { dropsRequests }) {
    this.#dropsRequests = dropsRequests
    this.#targets = urls.map((url, server) => ({ url, server, isReady: false, requests: new AbortController() }))
    for (const target of this.#targets) void this.#watch(target)
  }

  /** @returns a ready server; when none is ready, any, so that its response is seen */
  select() {
    const ready = this.#targets.filter(({ isReady }) => isReady)
    const all = ready.length > 0 ? ready : this.#targets
    this.#next += 1
    const { url, server, requests } = all[this.#next % all.length]
    return { url, server, signal: requests.signal }
  }

  areAllReady() {
    return this.#targets.every(({ isReady }) => isReady)
  }

  stop() {
    this.#isRunning = false
  }

  async #watch(target) {
    while (this.#isRunning) {
      const response = await fetch(`${target.url}/readyz`, { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) }).catch(() => undefined)
      await response?.text().catch(() => undefined)
      target.isReady = response?.status === 200
      this.checks.push({ at: Date.now(), server: target.server, isReady: target.isReady })
      if (!response && this.#dropsRequests) this.#dropRequests(target)
      await sleep(CHECK_INTERVAL_MS)
    }
  }

  /** Clients of a server that does not respond are sent to another one. */
  #dropRequests(target) {
    target.requests.abort()
    target.requests = new AbortController()
  }
}
