// npm start: builds what is missing or stale, and then runs the server in this process.
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const [minimum] = /\d+(\.\d+)*/.exec(engines.node)
// On an old Node the build would fail with an unrelated error.
if (number(process.versions.node) < number(minimum)) {
  console.error(`Node ${minimum} or newer is required; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org`)
  process.exit(1)
}
// Until the server replaces these handlers, nothing needs to be stopped.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(0))
await import('./build.mjs')
await import('../dist/bundle/main.js')

function number(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major * 1000 + minor
}
