import { nodeVersionProblem } from './core/node-version.js'

// Before anything else is loaded: an old Node fails on it in ways that say nothing about the cause.
const problem = nodeVersionProblem()
if (problem) {
  console.error(problem)
  process.exitCode = 1
} else {
  const { start } = await import('./start.js')
  await start()
}
