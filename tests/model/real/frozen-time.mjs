// Preloaded by the servers of the walks, so that their clock moves only with advanceClock.
const NOW = Date.parse('2026-01-31T10:00:00.000Z')
const RealDate = globalThis.Date

globalThis.Date = class FrozenDate extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(NOW)
    else super(...values)
  }

  static now() {
    return NOW
  }
}
