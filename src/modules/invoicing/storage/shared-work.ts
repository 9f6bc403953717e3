/** Work that concurrent requests for the same key share. */
export class SharedWork<K, T> {
  readonly #runs = new Map<K, SharedRun<T>>()

  /**
   * @param start  starts the work, unless it is running already. Its signal is aborted when all requests have
   *   disconnected.
   * @param signal  aborted when the client of this request disconnects
   */
  async run(key: K, start: (stop: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const running = this.#runs.get(key)
    const run = running && !running.isAborted ? running : new SharedRun(start)
    this.#runs.set(key, run)
    try {
      return await run.wait(signal)
    } finally {
      if (this.#runs.get(key) === run) this.#runs.delete(key)
    }
  }
}

class SharedRun<T> {
  readonly #result: Promise<T>
  readonly #stop = new AbortController()
  #waiting = 0

  constructor(start: (stop: AbortSignal) => Promise<T>) {
    this.#result = start(this.#stop.signal)
  }

  /** True once every waiter has disconnected; the work then fails. */
  get isAborted(): boolean {
    return this.#stop.signal.aborted
  }

  async wait(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1
    const disconnect = () => {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#stop.abort()
    }
    if (signal?.aborted) disconnect()
    else signal?.addEventListener('abort', disconnect, { once: true })
    try {
      return await this.#result
    } finally {
      signal?.removeEventListener('abort', disconnect)
    }
  }
}
