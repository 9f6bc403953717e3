import { examine } from '../doctor/examine.js'
import { command, postgresGuard } from './command.js'

const DOCTOR_USAGE = `npm run doctor    checks the configuration and suggests fixes
Prints one line per check: ok, warning or problem. Exits with 1 if there is a problem. Changes nothing and prints no secrets.`

await command({ usage: DOCTOR_USAGE, options: {} }, async () => {
  let problems = 0
  for await (const { level, check, text } of examine(process.env, postgresGuard)) {
    console.log(`${level.padEnd(8)} ${check.padEnd(14)} ${text}`)
    if (level === 'problem') problems += 1
  }
  if (problems > 0) process.exitCode = 1
})
