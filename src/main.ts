import { nodeVersionProblem } from './core/node-version.js'

// Check before loading anything else, because an old Node.js fails with unrelated errors.
const versionProblem = nodeVersionProblem()
if (versionProblem) {
  console.error(versionProblem)
  process.exitCode = 1
} else {
  const { start } = await import('./start.js')
  await start()
}
