import { expect, test } from 'vitest'
import { WalHistory } from '../../../src/platform/postgres/wal-history.js'

/** A history with a sample per second: the position at second 0, 1, … */
function historyOf(positions: number[]): WalHistory {
  const history = new WalHistory(10_000)
  for (const [second, position] of positions.entries()) history.record(BigInt(position), second * 1000)
  return history
}

test('measures the lag since the newest position that the replica has replayed', () => {
  const history = historyOf([100, 200, 300])
  expect(history.lag(300n, 2000)).toBe(0)
  expect(history.lag(299n, 2000)).toBe(1000)
  expect(history.lag(100n, 2500)).toBe(2500)
})

test('measures no lag while the primary is idle', () => {
  expect(historyOf([100, 100, 100, 100]).lag(100n, 3000)).toBe(0)
})

test('measures the lag since the first write after the primary was idle', () => {
  expect(historyOf([100, 100, 100, 200, 300]).lag(100n, 4000)).toBe(2000)
})

test('measures a growing lag while the primary does not respond', () => {
  const history = historyOf([100])
  expect([history.lag(100n, 9000), history.lag(100n, 60_000)]).toEqual([9000, 60_000])
})

test('measures an infinite lag for a replica that is behind all samples', () => {
  expect(historyOf([100]).lag(99n, 0)).toBe(Number.POSITIVE_INFINITY)
  const seconds = Array.from({ length: 20 }, (_, second) => second)
  expect(historyOf(seconds).lag(3n, 19_000)).toBe(Number.POSITIVE_INFINITY)
})

test('continues after a fail-over to a primary with an earlier position', () => {
  const history = historyOf([300, 200])
  expect(history.lag(200n, 1000)).toBe(0)
})
