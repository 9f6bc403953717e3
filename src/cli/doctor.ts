import { examine } from '../doctor/examine.js'
import { postgresGuard } from './command.js'

/** Prints one line per check. The exit code is 1 if there is a problem. */
export async function printFindings(): Promise<void> {
  for await (const { level, check, text } of examine(process.env, postgresGuard)) {
    console.log(`${level.padEnd(8)} ${check.padEnd(14)} ${text}`)
    if (level === 'problem') process.exitCode = 1
  }
}
