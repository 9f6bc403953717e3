import { setTimeout as sleep } from 'node:timers/promises'

const RETRY_PAUSE_MS = 50
/** Longer than a request waits for the payment provider. */
const REQUEST_TIMEOUT_MS = 30_000
const INTERNAL_SERVER_ERROR = 'INTERNAL_SERVER_ERROR'
/** Codes after which the same request succeeds later. */
const RETRYABLE = new Set(['DATABASE_UNAVAILABLE', 'BUSY', 'PAYMENT_PROVIDER_UNAVAILABLE', 'PAYMENT_IN_PROGRESS'])

/** Repeats every request, with the same idempotency key, until it is acknowledged. */
export class Client {
  /** Code of an error -> how often clients received it. */
  codes = new Map()
  /** Responses that no client should receive. */
  wrong = []
  /** Acknowledged writes: { at, server }. */
  writes = []
  /** Durations of requests with DATABASE_UNAVAILABLE, seconds. */
  unavailableSeconds = []
  /** Of a server, for the return URLs of checkouts. */
  origin
  #balancer
  #isGivenUp = false
  /** Pending requests with their last response. */
  #pending = new Map()

  constructor(balancer) {
    this.#balancer = balancer
    this.origin = balancer.select().url
  }

  /** Repeats an operation until it returns a result or one of the expected refusals. */
  execute(token, query, variables, refusals = []) {
    const body = JSON.stringify({ query, variables })
    return this.post('/graphql', { authorization: `Bearer ${token}` }, body, ({ errors }) =>
      (errors ?? []).every(({ extensions: { code } }) => refusals.includes(code)),
    )
  }

  post(path, headers, body, isAccepted = () => true) {
    const isDone = ({ response, result }) => response?.status === 200 && result && isAccepted(result)
    return this.#repeat(path, { 'content-type': 'application/json', ...headers }, body, isDone)
  }

  /** Presses a button of a page: submits its form until the server redirects. */
  async submit(path) {
    await this.#repeat(path, { 'content-type': 'application/x-www-form-urlencoded' }, '', ({ response }) => response?.status === 303)
  }

  async #repeat(path, headers, body, isDone) {
    const name = `${path} ${body.slice(0, 200)}`
    while (!this.#isGivenUp) {
      this.#pending.set(name, this.#pending.get(name) ?? 'none')
      const answer = await this.#send(path, headers, body)
      const { response, result, server, seconds } = answer
      if (isDone(answer)) {
        this.#pending.delete(name)
        if (!body.startsWith('{"query":"{')) this.writes.push({ at: Date.now(), server })
        return result
      }
      this.#pending.set(name, `${response?.status} ${JSON.stringify(result)?.slice(0, 200)}`)
      this.#record(response, result, seconds)
      await sleep(RETRY_PAUSE_MS)
    }
    throw new Error('not acknowledged in time')
  }

  /** @returns the first bytes of a file; undefined without a response */
  async download(path) {
    const { url, signal } = this.#balancer.select()
    const response = await fetch(`${url}${path}`, { signal }).catch(() => undefined)
    const bytes = await response?.arrayBuffer().catch(() => undefined)
    return response?.status === 200 && bytes ? Buffer.from(bytes).subarray(0, 5).toString() : undefined
  }

  /** Ends all requests. Those that are still pending are wrong. */
  giveUp() {
    for (const [request, result] of this.#pending) this.wrong.push(`not acknowledged: ${request}: ${result}`)
    this.#pending.clear()
    this.#isGivenUp = true
  }

  countInternalErrors() {
    return this.codes.get(INTERNAL_SERVER_ERROR) ?? 0
  }

  async #send(path, headers, body) {
    const { url, server, signal } = this.#balancer.select()
    const started = performance.now()
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    }).catch(() => undefined)
    const result = await response?.json().catch(() => undefined)
    return { response, result, server, seconds: (performance.now() - started) / 1000 }
  }

  #record(response, result, seconds) {
    const code = codeOf(response, result)
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1)
    if (code === 'DATABASE_UNAVAILABLE') this.unavailableSeconds.push(seconds)
    if (!result) return
    if (response.status === 503 ? !response.headers.get('retry-after') : !RETRYABLE.has(code))
      this.wrong.push(`${response.status} ${JSON.stringify(result).slice(0, 300)}`)
  }
}

function codeOf(response, result) {
  if (!result) return 'no response'
  // Responses to webhooks have no code.
  return result.errors?.[0]?.extensions.code ?? (response.status === 503 ? '503 for a webhook' : String(result.error))
}
