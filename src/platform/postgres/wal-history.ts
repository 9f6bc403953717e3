interface Sample {
  position: bigint
  at: number
}

/**
 * Where the primary's write-ahead log (WAL) was at which time. Positions are LSNs as numbers of bytes, times are
 * milliseconds of a monotonic clock.
 */
export class WalHistory {
  readonly #maxAgeMs: number
  #samples: Sample[] = []

  /** @param maxAgeMs  age after which a sample is dropped */
  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs
  }

  /** @param at  a time at which the primary had not yet written beyond `position` */
  record(position: bigint, at: number): void {
    this.#samples = [...this.#samples.filter((sample) => at - sample.at <= this.#maxAgeMs), { position, at }]
  }

  /**
   * The age of the data of a replica. It stays small while the primary is idle, because the primary is recorded at
   * the same position again.
   * @param replayed  the position that the replica has replayed
   * @returns milliseconds since a time at which the replica had everything, infinite if no sample shows such a time
   */
  lag(replayed: bigint, now: number): number {
    const sample = this.#samples.findLast(({ position }) => position <= replayed)
    return sample ? now - sample.at : Number.POSITIVE_INFINITY
  }
}
