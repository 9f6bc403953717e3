// npm run lint:commits: checks the messages of all commits since the project adopted Conventional Commits.
import { execFileSync, spawnSync } from 'node:child_process'

const ADOPTED = '2026-11-26T00:00:00Z'

const base = execFileSync('git', ['rev-list', '-1', `--before=${ADOPTED}`, 'HEAD'], { encoding: 'utf8' }).trim()
// A shallow clone may not reach back that far.
const range = base ? ['--from', base] : ['--last']
const { status } = spawnSync(process.execPath, ['node_modules/@commitlint/cli/cli.js', ...range], { stdio: 'inherit' })
process.exitCode = status ?? 1
