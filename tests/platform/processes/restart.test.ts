import { expect, test } from 'vitest'
import { countFailures, mustGiveUp, restartDelay } from '../../../src/platform/processes/restart.rules.js'

test('replaces a process that was stable at once', () => {
  expect(restartDelay(countFailures(0, 10_000))).toBe(0)
  expect(restartDelay(countFailures(5, 3_600_000))).toBe(0)
})

test('waits twice as long each time for one that ends before it is stable, at most 30 seconds', () => {
  let failures = 0
  const delays = Array.from({ length: 11 }, (_, index) => {
    failures = countFailures(failures, index % 2 === 0 ? undefined : 9999)
    return restartDelay(failures)
  })
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
})

test('gives up after six failures in a row, but only while no other process is ready', () => {
  expect(mustGiveUp(5, false)).toBe(false)
  expect(mustGiveUp(6, false)).toBe(true)
  expect(mustGiveUp(100, true)).toBe(false)
})
