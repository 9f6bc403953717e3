import { nodeVersionProblem } from '../core/node-version.js'

// The program of the production build. Check before loading anything else, as main.ts does.
const outdatedNode = nodeVersionProblem()
if (outdatedNode) {
  console.error(outdatedNode)
  process.exitCode = 1
} else {
  const [{ runProgram }, { COMMANDS }] = await Promise.all([import('./program.js'), import('./commands.js')])
  await runProgram(COMMANDS)
}
