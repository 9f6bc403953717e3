import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat } from '../../../src/platform/processes/heartbeat.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('reports a process once, 25 seconds after its last response', () => {
  const onLost = vi.fn()
  let isResponding = true
  const heartbeat: Heartbeat = new Heartbeat({ ping: () => isResponding && heartbeat.receive(), onLost })
  vi.advanceTimersByTime(60_000)
  isResponding = false
  vi.advanceTimersByTime(20_000)
  expect(onLost).not.toHaveBeenCalled()
  vi.advanceTimersByTime(5000)
  expect(onLost).toHaveBeenCalledOnce()
  vi.advanceTimersByTime(60_000)
  expect(onLost).toHaveBeenCalledOnce()
})

test('does not report a process that responds late', () => {
  const onLost = vi.fn()
  let pings = 0
  const heartbeat: Heartbeat = new Heartbeat({
    ping: () => {
      pings += 1
      if (pings % 4 === 0) heartbeat.receive()
    },
    onLost,
  })
  vi.advanceTimersByTime(120_000)
  expect(pings).toBe(24)
  expect(onLost).not.toHaveBeenCalled()
  heartbeat.stop()
  vi.advanceTimersByTime(60_000)
  expect(pings).toBe(24)
})
