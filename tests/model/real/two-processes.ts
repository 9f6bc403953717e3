import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import pg from 'pg'
import { type RunningServer, startProgram } from '../../e2e/program.js'
import { cloneDatabase, databaseUrl } from '../../support/database.js'
import type { Random } from '../../support/random.js'
import type { Answer } from '../../support/server.js'
import type { Settings } from '../settings.js'
import { environmentOf, START, type WalkedServer } from './walked-server.js'

const SECRET = 'a secret that only the walks know, long enough'
const RETURN_URL = 'https://panel.example.com'
const FROZEN_TIME = fileURLToPath(new URL('frozen-time.mjs', import.meta.url))
const ADVANCE = 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }'
/** A process is killed at a random moment from the arrival of the request on. Most take less. */
const MAX_KILL_DELAY_MS = 30
/** After a crash, another process takes a claim over when it has expired. */
const TEMPORARY = ['PAYMENT_IN_PROGRESS', 'PAYMENT_PROVIDER_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'BUSY']
const RETRY_MS = 1000
const POLL_MS = 10
/** The longest healthy wait is that for the next heartbeat, on a busy machine. A longer one says what it waited for. */
const MAX_WAIT_MS = 240_000

/**
 * What is due, or failed and is tried again. Documents are drawn in the background. A job that was added again while it
 * ran does not run again (all attempts are used), but its row remains when its process is killed.
 */
const WAITING = `
  SELECT key, payload, attempts, last_error, locked_by, run_at - now() AS due_in FROM graphile_worker._private_jobs
  WHERE (locked_at IS NOT NULL OR (attempts < max_attempts AND (run_at <= now() OR attempts > 0))) AND (key IS NULL OR key NOT LIKE 'drawDocument:%')`

interface Kills {
  /** Every how many mutations with an idempotency key a process is killed. */
  readonly killEvery: number
  /**
   * Every how many moves of the clock a process is killed while the jobs run. What it has locked is unlocked at the next
   * heartbeat of the other one. Default: never.
   */
  readonly killJobsEvery?: number
}

/**
 * Two processes of the built server on one database, whose clocks stand still. Requests are made one after another. Some
 * processes are killed while they execute a mutation with an idempotency key, which the other one then gets again.
 */
export class TwoProcesses implements WalkedServer {
  readonly owner: pg.Pool
  readonly returnUrl = RETURN_URL
  readonly #environment: Record<string, string>
  readonly #random: Random
  /** Every how many mutations with an idempotency key a process is killed. */
  readonly #killEvery: number
  readonly #killJobsEvery: number | undefined
  readonly #servers: Promise<RunningServer>[]
  #now = START
  #requests: Promise<unknown> = Promise.resolve()
  #keys = 0
  #moves = 0
  /** How many processes were killed. */
  kills = 0

  private constructor(connection: pg.PoolConfig, settings: Settings, random: Random, { killEvery, killJobsEvery }: Kills) {
    this.#environment = {
      ...environmentOf(settings),
      DATABASE_URL: databaseUrl(connection),
      DEMO: 'true',
      DEMO_DATA: 'false',
      AUTH_JWT_SECRET: SECRET,
      CHECKOUT_ORIGINS: RETURN_URL,
      LOG_LEVEL: 'error',
      NODE_OPTIONS: `--import=${FROZEN_TIME}`,
    }
    this.#random = random
    this.#killEvery = killEvery
    this.#killJobsEvery = killJobsEvery
    this.owner = new pg.Pool(connection)
    this.#servers = [startProgram(this.#environment), startProgram(this.#environment)]
  }

  static async start(settings: Settings, random: Random, kills: Kills): Promise<TwoProcesses> {
    const started = new TwoProcesses(await cloneDatabase(), settings, random, kills)
    await Promise.all(started.#servers)
    return started
  }

  now(): Date {
    return this.#now
  }

  ask(who: number | 'admin', query: string, variables: { readonly input?: object; readonly to?: string } = {}): Promise<Answer> {
    return this.#inOrder(async () => {
      const { input } = variables
      if (!input || !isRepeatable(query)) return this.#send(this.#random.below(2), who, query, variables)
      this.#keys += 1
      const keyed = { ...variables, input: { ...input, idempotencyKey: `request ${this.#keys}` } }
      const first = this.#random.below(2)
      if (this.#keys % this.#killEvery !== 0) return this.#send(first, who, query, keyed)
      const answer = await this.#sendAndKill(first, who, query, keyed)
      const repeated = await this.#sendUntilDone(1 - first, who, query, keyed)
      if (answer && resultOf(answer) !== resultOf(repeated))
        throw new Error(`the repeated request got another answer: ${resultOf(answer)} and ${resultOf(repeated)}`)
      return repeated
    })
  }

  page(url: string, method: 'GET' | 'POST'): Promise<Response> {
    return this.#inOrder(async () => {
      const server = await this.#server(this.#random.below(2))
      return fetch(new URL(new URL(url).pathname, server.url), { method, redirect: 'manual' })
    })
  }

  async advanceTo(at: Date): Promise<void> {
    const { errors } = await this.ask('admin', ADVANCE, { to: at.toISOString() })
    if (errors) throw new Error(JSON.stringify(errors))
    this.#now = at
    await Promise.all([0, 1].map((index) => this.#waitForClock(index, at)))
    // The job may have run in the process that did not know the time yet. The next minute would repeat it.
    await this.tick()
    this.#moves += 1
    if (this.#killJobsEvery && this.#moves % this.#killJobsEvery === 0) await this.#inOrder(() => this.#kill(this.#random.below(2)))
  }

  /** The time of the other process follows a notification. */
  async #waitForClock(index: number, at: Date): Promise<void> {
    await wait(POLL_MS, async () => {
      const { data } = await this.#send(index, 'admin', '{ now }', {})
      return data.now === at.toISOString()
        ? { result: undefined }
        : { reason: `process ${index} shows ${data.now}, not ${at.toISOString()}` }
    })
  }

  async tick(): Promise<void> {
    await this.owner.query(`SELECT graphile_worker.add_job('tick', '{}'::json, job_key => 'tick')`)
  }

  async settle(): Promise<void> {
    await wait(POLL_MS, async () => {
      const { rows } = await this.owner.query(WAITING)
      return rows.length === 0 ? { result: undefined } : { reason: `jobs are not done: ${JSON.stringify(rows)}` }
    })
  }

  async close(): Promise<void> {
    await this.#requests
    for (const { child, exit } of await Promise.all(this.#servers)) {
      child.kill('SIGTERM')
      await exit
    }
    await this.owner.end()
  }

  #inOrder<T>(request: () => Promise<T>): Promise<T> {
    const result = this.#requests.then(request)
    this.#requests = result.catch(() => undefined)
    return result
  }

  #server(index: number): Promise<RunningServer> {
    return this.#servers[index] as Promise<RunningServer>
  }

  async #send(index: number, who: number | 'admin', query: string, variables: object): Promise<Answer> {
    const { url } = await this.#server(index)
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await signToken(who)}` }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = (await response.json()) as Answer
    return { status: response.status, data, errors }
  }

  /** @returns the answer, if it arrived before the process was killed */
  async #sendAndKill(index: number, who: number | 'admin', query: string, variables: object): Promise<Answer | undefined> {
    const answer = this.#send(index, who, query, variables).catch(() => undefined)
    await this.#kill(index)
    return answer
  }

  /** Kills a process in the middle of something, and starts another one. */
  async #kill(index: number): Promise<void> {
    const { child, exit } = await this.#server(index)
    await pause(this.#random.below(MAX_KILL_DELAY_MS))
    child.kill('SIGKILL')
    await exit
    this.kills += 1
    this.#servers[index] = startProgram(this.#environment)
  }

  async #sendUntilDone(index: number, who: number | 'admin', query: string, variables: object): Promise<Answer> {
    return wait<Answer>(RETRY_MS, async () => {
      const answer = await this.#send(index, who, query, variables)
      const isTemporary = TEMPORARY.includes(answer.errors?.[0]?.extensions.code)
      return isTemporary ? { reason: `the repeated request gets ${resultOf(answer)}` } : { result: answer }
    })
  }
}

/** Repeats a check until it has a result. */
async function wait<T>(delayMs: number, check: () => Promise<{ readonly result: T } | { readonly reason: string }>): Promise<T> {
  const deadline = Date.now() + MAX_WAIT_MS
  for (;;) {
    const found = await check()
    if ('result' in found) return found.result
    if (Date.now() > deadline) throw new Error(found.reason)
    await pause(delayMs)
  }
}

/** The data, or the codes and texts of the errors. */
function resultOf({ data, errors = [] }: Answer): string {
  return JSON.stringify([data, ...errors.map(({ message, extensions }) => [extensions.code, message])])
}

/** Mutations whose input has an idempotency key. */
const REPEATABLE =
  /\b(placeOrder|applyPlan|changePlan|recordPayment|reversePayment|grantCredit|payOutBalance|requestRefund|confirmRefund|creditInvoice)\(/

function isRepeatable(query: string): boolean {
  return REPEATABLE.test(query)
}

/** Valid by the clocks that stand still, as long as the walks take. */
function signToken(who: number | 'admin'): Promise<string> {
  return new SignJWT(who === 'admin' ? { role: 'admin' } : { role: 'user', email: `user${who}@example.com`, name: `User ${who}` })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(who === 'admin' ? '1' : String(who))
    .setIssuer('quittance')
    .setExpirationTime(new Date(START.getTime() + 3_600_000))
    .sign(Buffer.from(SECRET))
}
