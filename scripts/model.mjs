// Takes random walks with the model of billing and with the real system, and compares them after every step.
// Usage: npm run model -- --walks 10000 --seed 7
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const options = {
  walks: { type: 'string', default: '300' },
  seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
}
const { walks, seed } = parseArgs({ options }).values
if (!/^\d+$/.test(walks) || !/^\d+$/.test(seed)) {
  console.error('Usage: npm run model -- --walks <number> --seed <number>')
  process.exit(1)
}
console.info(`${walks} walks with seed ${seed}`)
const file = 'tests/model/model-based.test.ts'
const env = { ...process.env, TEST_BUILD: 'true', REAL_WALKS: walks, MODEL_SEED: seed }
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'server', file], { env, stdio: 'inherit' })
process.exit(status ?? 1)
