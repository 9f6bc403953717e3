import { parseArgs } from 'node:util'

const DEFAULT_SECONDS = 120
const MAX_SECONDS = 240
const DEFAULT_MINUTES = 10

/**
 * Reads the options of `npm run chaos`: CHAOS_SECONDS (default 120, at most 240) sets how long faults are injected, and
 * CHAOS_SEED their order. `--faults none` injects none, for `--minutes` (default 10).
 * @returns seconds of load, whether faults are injected, and the seed
 */
export function parseOptions(parameters, environment) {
  const { values } = parseArgs({
    args: parameters,
    options: { faults: { type: 'string', default: 'all' }, minutes: { type: 'string', default: String(DEFAULT_MINUTES) } },
  })
  if (values.faults !== 'all' && values.faults !== 'none') throw new TypeError('--faults: must be all or none')
  const minutes = Number(values.minutes)
  if (!(minutes > 0)) throw new TypeError('--minutes: must be a positive number, for example 10')
  const hasFaults = values.faults === 'all'
  const faultSeconds = Math.min(MAX_SECONDS, Number(environment.CHAOS_SECONDS ?? DEFAULT_SECONDS))
  return {
    hasFaults,
    seconds: hasFaults ? faultSeconds : minutes * 60,
    /** A short run does not inject every fault. */
    isComplete: faultSeconds >= DEFAULT_SECONDS,
    seed: Number(environment.CHAOS_SEED ?? 7),
  }
}
