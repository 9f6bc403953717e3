import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config/config.js'
import { embeddedConnections, parseWorkers, workerConfig } from '../../src/config/workers.js'

const GB = 1_073_741_824

test.each([
  ['one per core', { cores: 4, memoryBytes: 16 * GB }, undefined, 4],
  ['at most 8', { cores: 64, memoryBytes: 256 * GB }, undefined, 8],
  ['one per 512 MB of memory', { cores: 8, memoryBytes: 1.7 * GB }, undefined, 3],
  ['at least one', { cores: 2, memoryBytes: 0.3 * GB }, undefined, 1],
  ['one per 4 connections of a pool that is set', { cores: 8, memoryBytes: 16 * GB }, 10, 2],
])('starts %s under production rules', (_rule, machine, DATABASE_POOL_SIZE, expected) => {
  expect(parseWorkers({ WORKERS: undefined, DATABASE_POOL_SIZE }, true, machine)).toBe(expected)
})

test('starts one process in demo mode, unless WORKERS is set', () => {
  expect(parseConfig({}).workers).toBe(1)
  expect(parseConfig({ WORKERS: '3' }).workers).toBe(3)
})

test('divides the pool between the processes', () => {
  const ofEach = (workers: string, pool = '') => {
    return workerConfig(parseConfig({ WORKERS: workers, DATABASE_POOL_SIZE: pool })).database.poolSize
  }
  expect(['1', '3', '8', '64'].map((workers) => ofEach(workers))).toEqual([10, 10, 4, 2])
  expect(ofEach('4', '50')).toBe(12)
})

test('refuses fewer than two database connections for each process', () => {
  expect(() => parseConfig({ WORKERS: '8', DATABASE_POOL_SIZE: '15' })).toThrow(
    /^DATABASE_POOL_SIZE: must be at least 16 for 8 WORKERS, which need 2 each$/,
  )
})

test('the embedded PostgreSQL accepts the connections of all processes', () => {
  const connectionsFor = (environment: Record<string, string>) => embeddedConnections(parseConfig(environment))
  expect(connectionsFor({})).toBe(100)
  // 500 for the pool, 7 for jobs, 64 for LISTEN, and a reserve.
  expect(connectionsFor({ WORKERS: '64', DATABASE_POOL_SIZE: '500' })).toBeGreaterThan(571)
})
