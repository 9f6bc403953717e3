import { event, payment, sign, subscription, wireTime } from '../../dist/chaos/lemon-squeezy.js'

const SERVERS_PER_USER = 5
const STOP_TIMEOUT_MS = 45_000
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { number pdfUrl } } } }'
const UPSERT = 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { id } }'
const CANCEL = 'mutation ($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }'
const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'

/**
 * A steady mix of requests of panels, customers and the payment provider. Acknowledged requests are recorded
 * in the ledger. Other requests are repeated with the same idempotency key until they are acknowledged.
 */
export class Load {
  ledger = {
    grants: new Map(),
    cancelled: new Set(),
    claims: new Map(),
    refusals: new Set(),
    webhooks: new Set(),
    subscriptions: new Set(),
    reads: 0,
    documents: 0,
  }
  /** Responses that no client should receive. */
  wrong = []
  /** Durations of requests with DATABASE_UNAVAILABLE, seconds. */
  unavailableSeconds = []
  #running = true
  #isGivenUp = false
  /** Pending requests with their last response. */
  #pending = new Map()
  #url
  #token
  #next = 0
  #subscription = 0

  constructor(url, token) {
    this.#url = url
    this.#token = token
  }

  start() {
    const workers = [
      () => this.#grant(),
      () => this.#grant(),
      () => this.#claim(),
      () => this.#claim(),
      () => this.#webhook(),
      () => this.#read(),
      () => this.#read(),
    ]
    this.#done = Promise.all(workers.map((work) => this.#repeat(work).catch(() => undefined)))
  }

  #done

  /** Waits for pending requests. After the faults have ended, every request must be acknowledged. */
  async stop() {
    this.#running = false
    const result = await Promise.race([this.#done, sleep(STOP_TIMEOUT_MS).then(() => 'late')])
    if (result === 'late') for (const [request, answer] of this.#pending) this.wrong.push(`not acknowledged: ${request}: ${answer}`)
    this.#pending.clear()
    this.#isGivenUp = true
  }

  async #repeat(work) {
    while (this.#running) await work()
  }

  async #grant() {
    this.#next += 1
    const userId = String(10_000 + this.#next)
    await this.#execute(UPSERT, { input: { id: userId } })
    const { data } = await this.#execute(APPLY, { input: { userId, planId: this.plan, idempotencyKey: `grant-${userId}` } })
    const { id, invoice } = data.applyPlan.order
    this.ledger.grants.set(userId, { orderId: id, number: invoice.number, pdfUrl: invoice.pdfUrl })
    if (this.#next % 5 > 0) return
    // Has no idempotency key, so a repetition finds nothing to cancel.
    await this.#execute(CANCEL, { input: { userId } }, ['INVALID_TRANSITION', 'SUBSCRIPTION_NOT_FOUND', 'ORDER_NOT_FOUND'])
    this.ledger.cancelled.add(userId)
  }

  /** Claims more servers than the limit allows, for customers with a plan. */
  async #claim() {
    const users = [...this.ledger.grants.keys()].filter((userId) => !this.ledger.cancelled.has(userId) && Number(userId) % 5 > 0)
    const userId = users[Math.floor(Math.random() * users.length)]
    if (!userId) return sleep(50)
    const mine = this.ledger.claims.get(userId) ?? new Set()
    this.ledger.claims.set(userId, mine)
    const externalId = `${userId}-${Math.floor(Math.random() * SERVERS_PER_USER * 2)}`
    const { data, errors } = await this.#execute(CLAIM, { input: { userId, externalId, memory: 1, disk: 1, cpu: 1 } }, [
      'PLAN_LIMIT_EXCEEDED',
    ])
    if (data?.claimServer) mine.add(externalId)
    else if (errors) this.ledger.refusals.add(externalId)
  }

  /** Sends the events of a subscription, each twice and the last two in the wrong order. */
  async #webhook() {
    this.#subscription += 1
    const id = 1000 + this.#subscription
    const custom = { user_id: String(500_000 + id) }
    const at = (month) => `2040-0${month}-05T10:00:00.000Z`
    const state = (month) =>
      subscription(id, at(1), { updated_at: wireTime(at(month)), renews_at: wireTime(at(month + 1)), user_email: `p${id}@example.com` })
    const paid = (number, month) => payment(id * 10 + number, id, at(month), { billing_reason: number === 1 ? 'initial' : 'renewal' })
    await this.#execute(UPSERT, { input: { id: custom.user_id, email: `p${id}@example.com` } })
    const bodies = [
      event('subscription_created', state(1), custom),
      event('subscription_payment_success', paid(1, 1), custom),
      event('subscription_payment_success', paid(2, 2), custom),
      event('subscription_updated', state(2), custom),
    ]
    for (const body of [...bodies, ...bodies]) {
      await this.#send('/webhooks/lemonsqueezy', { 'x-signature': sign(body) }, body)
      this.ledger.webhooks.add(body)
    }
    this.ledger.subscriptions.add(id)
  }

  async #read() {
    await this.#execute('{ allOrders(first: 20) { nodes { id plan { name } invoice { number } } } }')
    this.ledger.reads += 1
    const grants = [...this.ledger.grants.values()]
    const grant = grants[Math.floor(Math.random() * grants.length)]
    if (!grant) return
    const { pathname, search } = new URL(grant.pdfUrl)
    const answer = await fetch(`${this.#url}${pathname}${search}`).catch(() => undefined)
    if (
      answer?.status === 200 &&
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 5)
        .toString() === '%PDF-'
    )
      this.ledger.documents += 1
  }

  /** Repeats an operation until it returns a result or one of the expected refusals. */
  async #execute(query, variables, refusals = []) {
    const headers = { authorization: `Bearer ${this.#token}` }
    const answer = await this.#send('/graphql', headers, JSON.stringify({ query, variables }), ({ errors }) =>
      (errors ?? []).every(({ extensions: { code } }) => refusals.includes(code)),
    )
    return answer
  }

  async #send(path, headers, body, isAccepted = () => true) {
    const name = `${path} ${body.slice(0, 200)}`
    while (!this.#isGivenUp) {
      this.#pending.set(name, this.#pending.get(name) ?? 'none')
      const started = performance.now()
      const response = await fetch(`${this.#url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal: AbortSignal.timeout(40_000),
      }).catch(() => undefined)
      const answer = await response?.json().catch(() => undefined)
      if (response?.status === 200 && answer && isAccepted(answer)) {
        this.#pending.delete(name)
        return answer
      }
      this.#pending.set(name, `${response?.status} ${JSON.stringify(answer)?.slice(0, 200)}`)
      this.#checkResponse(response, answer, (performance.now() - started) / 1000)
      await sleep(50)
    }
    throw new Error('not acknowledged in time')
  }

  #checkResponse(response, answer, seconds) {
    if (!response || !answer) return
    const code = answer.errors?.[0]?.extensions.code ?? answer.error
    if (response.status === 503) {
      if (!response.headers.get('retry-after')) this.wrong.push('503 without Retry-After')
      if (code === 'DATABASE_UNAVAILABLE') this.unavailableSeconds.push(seconds)
    } else this.wrong.push(`${response.status} ${JSON.stringify(answer).slice(0, 300)}`)
  }
}

function sleep(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds))
}
