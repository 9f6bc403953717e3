import type { Settings } from '../settings.js'
import type { WalkedServer } from './walked-server.js'

interface Sleeper {
  readonly at: Date
  readonly wake: () => void
  readonly fail: (error: unknown) => void
}

/**
 * A server that customers share. Each takes its own walk. They have one clock, so it moves when all of them
 * wait for a later time. It stops at every moment at which something is due, as a job that runs at once would see it.
 */
export class World {
  readonly server: WalkedServer
  readonly settings: Settings
  /** The users that are still walking. */
  readonly #walking = new Set<string>()
  #sleepers: Sleeper[] = []
  #settling: Promise<void> = Promise.resolve()
  #nextSettling: Promise<void> | undefined

  constructor(server: WalkedServer, settings: Settings) {
    this.server = server
    this.settings = settings
  }

  join(user: string): void {
    this.#walking.add(user)
  }

  leave(user: string): void {
    this.#walking.delete(user)
    this.#moveIfAllSleep()
  }

  /** Waits until the clock shows a time, and everything that is due then is done. */
  sleepUntil(at: Date): Promise<void> {
    if (at <= this.server.now()) return Promise.resolve()
    return new Promise((wake, fail) => {
      this.#sleepers.push({ at, wake, fail })
      this.#moveIfAllSleep()
    })
  }

  /** Runs the jobs that the commands before have added. Commands at the same time share a run. */
  settle(): Promise<void> {
    const startNext = () => {
      this.#nextSettling = undefined
      this.#settling = this.#runJobs()
      return this.#settling
    }
    // A run that fails is the failure of those who wait for it, not of the next.
    this.#nextSettling ??= this.#settling.then(startNext, startNext)
    return this.#nextSettling
  }

  /** Documents are not drawn: nothing here depends on them, and they take most of the time. */
  async #runJobs(): Promise<void> {
    const { owner } = this.server
    await owner.query(`DELETE FROM graphile_worker._private_jobs WHERE key LIKE 'drawDocument:%' AND locked_at IS NULL`)
    const { rows } = await owner.query('SELECT EXISTS (SELECT FROM graphile_worker._private_jobs WHERE run_at <= now()) AS "isDue"')
    if (rows[0].isDue) await this.server.settle()
  }

  /** Runs the job of every minute, and what follows from it. */
  async tick(): Promise<void> {
    await this.server.tick()
    await this.settle()
  }

  /** Credit that returns to an expired grant expires with the next job, within a minute. */
  async expireReturnedCredit(user: string): Promise<void> {
    const text = 'SELECT FROM credit_grants WHERE user_id = $1 AND remaining > 0 AND expires_at <= $2'
    const { rowCount } = await this.server.owner.query({ text, values: [user, this.server.now()] })
    if (rowCount) await this.tick()
  }

  #moveIfAllSleep(): void {
    if (this.#sleepers.length < this.#walking.size || this.#sleepers.length === 0) return
    this.#move().catch((error) => {
      for (const { fail } of this.#sleepers.splice(0)) fail(error)
    })
  }

  async #move(): Promise<void> {
    const first = Math.min(...this.#sleepers.map(({ at }) => at.getTime()))
    await this.#advanceTo(new Date(first))
    const due = this.#sleepers.filter(({ at }) => at.getTime() <= first)
    this.#sleepers = this.#sleepers.filter(({ at }) => at.getTime() > first)
    for (const { wake } of due) wake()
  }

  async #advanceTo(at: Date): Promise<void> {
    while (this.server.now() < at) {
      const due = await this.#nextDue()
      await this.server.advanceTo(due && due < at ? due : at)
      await this.settle()
    }
  }

  /** The next moment at which time alone changes something for somebody who is walking. */
  async #nextDue(): Promise<Date | null> {
    const text = `
      WITH live AS (
        SELECT * FROM subscriptions WHERE user_id = ANY ($1) AND status <> 'EXPIRED'),
      times (at) AS (
        SELECT expires_at FROM credit_grants WHERE user_id = ANY ($1) AND remaining > 0
        UNION ALL SELECT expires_at FROM orders WHERE user_id = ANY ($1) AND status = 'PENDING'
        UNION ALL SELECT unnest(ARRAY[ends_at, collect_at, current_period_end, past_due_since + $3 * interval '1 day',
          CASE WHEN pending_plan_id IS NOT NULL AND provider IS NOT NULL THEN current_period_end - interval '1 hour' END]) FROM live)
      SELECT min(at) AS at FROM times WHERE at > $2`
    const values = [[...this.#walking], this.server.now(), this.settings.graceDays]
    const { rows } = await this.server.owner.query({ text, values })
    return rows[0].at
  }
}
