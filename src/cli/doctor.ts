import { examine } from '../doctor/examine.js'
import { command, postgresGuard } from './command.js'

const usage = `npm run doctor    checks the configuration of the environment, and says what to do
One line for each check: ok, warning or problem. Exits with 1 when there is a problem. Changes nothing, prints no secret.`

await command({ usage, options: {} }, async () => {
  let problems = 0
  for await (const { level, check, text } of examine(process.env, postgresGuard)) {
    console.log(`${level.padEnd(8)} ${check.padEnd(14)} ${text}`)
    if (level === 'problem') problems += 1
  }
  if (problems > 0) process.exitCode = 1
})
