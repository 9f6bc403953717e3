import { busyError } from '../../core/errors.js'

interface OpenLimitOptions {
  /** The plural for the error message, such as "streams". */
  what: string
  max: number
  maxPerName: number
}

/** Limits how many streams or connections are open at once in this process, also for each principal or network address. */
export class OpenLimit {
  readonly #options: OpenLimitOptions
  readonly #counts = new Map<string, number>()
  #total = 0

  constructor(options: OpenLimitOptions) {
    this.#options = options
  }

  /**
   * Counts one more.
   * @param name  of the principal, or the network address
   * @returns a function that releases it; only its first call has an effect
   * @throws BUSY
   */
  acquire(name: string): () => void {
    const { what, max, maxPerName } = this.#options
    if (this.#total >= max || this.#countOf(name) >= maxPerName) throw busyError(`Too many ${what} are open; close some first`)
    this.#add(name, 1)
    let isOpen = true
    return () => {
      if (isOpen) this.#add(name, -1)
      isOpen = false
    }
  }

  #countOf(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  #add(name: string, change: 1 | -1): void {
    const count = this.#countOf(name) + change
    this.#total += change
    if (count === 0) this.#counts.delete(name)
    else this.#counts.set(name, count)
  }
}
