import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../support/random.js'
import { describeFailure } from './real/describe-failure.js'
import { takeWalks } from './real/take-walks.js'
import { TwoProcesses } from './real/two-processes.js'
import { REAL_SETTINGS } from './real/walked-server.js'
import { walkArbitrary } from './walk.js'

const WALKS = 20
const STEPS = 30
const SEED = Number(process.env.MODEL_SEED ?? 20_261_127)
const KILL_EVERY = 12

test('a command that is repeated after its process was killed has one effect', { timeout: 1_800_000 }, async () => {
  const walks = fc.sample(walkArbitrary(STEPS), { numRuns: WALKS, seed: SEED })
  let server: TwoProcesses | undefined
  const failures = await takeWalks(walks, REAL_SETTINGS, async (settings) => {
    server = await TwoProcesses.start(settings, new Random(SEED), { killEvery: KILL_EVERY })
    return server
  })
  expect(failures.map(describeFailure)).toEqual([])
  expect(server?.kills).toBeGreaterThanOrEqual(3)
})
