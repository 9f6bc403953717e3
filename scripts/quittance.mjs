#!/usr/bin/env node
// npx quittance <command>, the program in a checkout. `start` builds what is missing or stale, and then runs
// the server in this process.
import { existsSync, readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const [minimum] = /\d+(\.\d+)*/.exec(engines.node)
// On an old Node the build would fail with an unrelated error.
if (number(process.versions.node) < number(minimum)) {
  fail(`Node ${minimum} or newer is required; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org`)
}
const [command, ...parameters] = process.argv.slice(2)
if (command === 'start' && parameters.length === 0) {
  // Until the server replaces these handlers, nothing needs to be stopped.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(0))
  await import('./build.mjs')
  await import('../dist/bundle/main.js')
} else {
  if (!existsSync(new URL('../dist/cli/program.js', import.meta.url))) fail('quittance is not built: run npm run build')
  const { runProgram } = await import('../dist/cli/program.js')
  const { COMMANDS } = await import('../dist/cli/commands.js')
  const { DEVELOPMENT_COMMANDS } = await import('./development-commands.mjs')
  await runProgram({ ...COMMANDS, ...DEVELOPMENT_COMMANDS })
}

function number(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major * 1000 + minor
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
