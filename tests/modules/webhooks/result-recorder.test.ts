import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AttemptResult } from '../../../src/modules/webhooks/record-results.js'
import { ResultRecorder } from '../../../src/modules/webhooks/result-recorder.js'
import { testLogger } from '../../support/logger.js'

let batches: bigint[][]
let recorded: bigint[]
let isUnavailable: boolean
let recorder: ResultRecorder

beforeEach(() => {
  vi.useFakeTimers()
  batches = []
  recorded = []
  isUnavailable = false
  recorder = new ResultRecorder({
    delayMs: 250,
    async write(results) {
      if (isUnavailable) throw new Error('the database is unavailable')
      batches.push(results.map(({ deliveryId }) => deliveryId))
    },
    onRecorded: (results) => void recorded.push(...results.map(({ deliveryId }) => deliveryId)),
    log: testLogger(),
  })
})
afterEach(() => {
  vi.useRealTimers()
})

function result(id: number): AttemptResult {
  return {
    deliveryId: BigInt(id),
    endpointId: 1n,
    customer: 'user:55',
    status: 'DELIVERED',
    attempts: 1,
    at: new Date(0),
    nextAttemptAt: null,
    responseStatus: 200,
    response: '',
    isGone: false,
    isRecovery: false,
    isUnsent: false,
  }
}

test('writes the results of 250 ms together', async () => {
  recorder.add(result(1))
  await vi.advanceTimersByTimeAsync(249)
  recorder.add(result(2))
  expect(batches).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(batches).toEqual([[1n, 2n]])
  recorder.add(result(3))
  await vi.advanceTimersByTimeAsync(250)
  expect(batches).toEqual([[1n, 2n], [3n]])
})

test('writes 500 results at once', async () => {
  for (let id = 1; id <= 501; id += 1) recorder.add(result(id))
  await vi.advanceTimersByTimeAsync(0)
  expect(batches.map(({ length }) => length)).toEqual([500])
  await recorder.close()
  expect(batches.map(({ length }) => length)).toEqual([500, 1])
})

test('keeps results that cannot be written, and writes them later', async () => {
  isUnavailable = true
  recorder.add(result(1))
  recorder.flush()
  await vi.advanceTimersByTimeAsync(0)
  recorder.add(result(2))
  expect(recorded).toEqual([])
  isUnavailable = false
  await vi.advanceTimersByTimeAsync(1000)
  expect(recorded).toEqual([1n, 2n])
})
