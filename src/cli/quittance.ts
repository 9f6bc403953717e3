import { nodeVersionProblem } from '../core/node-version.js'

// The program of the production build. Check before loading anything else, as main.ts does.
const versionProblem = nodeVersionProblem()
if (versionProblem) {
  console.error(versionProblem)
  process.exitCode = 1
} else {
  const [{ runProgram }, { COMMANDS }] = await Promise.all([import('./program.js'), import('./commands.js')])
  await runProgram(COMMANDS)
}
