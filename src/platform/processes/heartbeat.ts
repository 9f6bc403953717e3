import { SECOND_MS } from '../../core/duration.js'

const INTERVAL_MS = 5 * SECOND_MS
/** 20 to 25 seconds: longer than a healthy process is ever busy without a pause, even on a busy machine. */
const MAX_UNANSWERED = 4

interface HeartbeatOptions {
  ping: () => void
  /** Called once, when the process has not responded to several pings in a row. */
  onLost: () => void
}

/**
 * Notices a process that is stopped or blocked, which keeps its connections and never ends. It counts pings instead of
 * measuring time, so that a machine that was suspended does not lose its processes.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #timer: NodeJS.Timeout
  #unanswered = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#beat(), INTERVAL_MS).unref()
  }

  receive(): void {
    this.#unanswered = 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    const { ping, onLost } = this.#options
    if (this.#unanswered < MAX_UNANSWERED) {
      this.#unanswered += 1
      ping()
    } else {
      this.stop()
      onLost()
    }
  }
}
