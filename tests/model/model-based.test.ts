import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeFailure } from './real/describe-failure.js'
import { EARLIER_DIFFERENCES } from './real/earlier-differences.js'
import { shrinkWalk } from './real/shrink.js'
import { type Failure, takeWalks } from './real/take-walks.js'
import { REAL_SETTINGS } from './real/walked-server.js'
import type { Settings } from './settings.js'
import { walkArbitrary } from './walk.js'

const WALKS = Number(process.env.REAL_WALKS ?? 300)
const SEED = Number(process.env.MODEL_SEED ?? 20_261_127)
const STEPS = 40
/** Walks that share a server. */
const BATCH = 50

/** How many failures of a batch are shortened, which takes longer than the walks. */
const SHRUNK = 4

/** One failure of each kind: the same last command, and the same kind of rows. */
function differentKinds(failures: readonly Failure[]): Failure[] {
  const kindOf = ({ commands, differences }: Failure) =>
    [commands.at(-1)?.type, ...differences.map((text) => text.split(/[ :]/)[0])].join(' ')
  return [...new Map(failures.map((failure) => [kindOf(failure), failure])).values()]
}

describe('the real system does what the model does', { timeout: 3_600_000 }, () => {
  const variants: [string, Partial<Settings>][] = [
    ['without tax', {}],
    ['with tax in the prices', { taxBasisPoints: 2000 }],
    ['with tax on top of the prices', { taxBasisPoints: 1900, pricesIncludeTax: false }],
  ]
  test('on the walks on which they once differed', async () => {
    const walks = Object.values(EARLIER_DIFFERENCES).map((commands) => commands.map((command) => ({ command })))
    const failures = await takeWalks(walks, REAL_SETTINGS)
    expect(failures.map((failure) => `${Object.keys(EARLIER_DIFFERENCES)[failure.walk]}\n${describeFailure(failure)}`)).toEqual([])
  })

  test.each(variants)('%s', async (name, variant) => {
    const settings = { ...variant, ...REAL_SETTINGS }
    const numRuns = Math.ceil(WALKS / variants.length)
    const walks = fc.sample(walkArbitrary(STEPS), { numRuns, seed: SEED + variants.findIndex(([other]) => other === name) })
    for (let first = 0; first < walks.length; first += BATCH) {
      const batch = walks.slice(first, first + BATCH)
      const failures = await takeWalks(batch, settings)
      if (failures.length === 0) continue
      const shrunk: Failure[] = []
      for (const failure of differentKinds(failures).slice(0, SHRUNK)) {
        shrunk.push((await shrinkWalk(batch[failure.walk] ?? [], settings)) ?? failure)
      }
      expect.fail(`${failures.length} of ${batch.length} walks differ; seed ${SEED}\n${shrunk.map(describeFailure).join('\n\n')}`)
    }
  })
})
