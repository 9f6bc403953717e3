import cluster from 'node:cluster'
import { setFlagsFromString } from 'node:v8'
import { nodeVersionProblem } from './core/node-version.js'

// Without it, V8 optimises the WebAssembly of Prisma's query compiler, which takes 50 MB. Compiled queries are cached.
setFlagsFromString('--liftoff-only')

// Node 21 and later have it. Without it, pg loads Node's fetch to find out where it runs: 70 ms and 6 MB.
if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node.split('.')[0]}` } })

// Check before loading anything else, because an old Node.js fails with unrelated errors.
const versionProblem = nodeVersionProblem()
if (versionProblem) {
  console.error(versionProblem)
  process.exitCode = 1
} else {
  // `main.js worker 1` runs one of the worker processes of a server.
  if (cluster.isWorker && process.argv[2] === 'worker') await (await import('./work.js')).work()
  else await (await import('./start.js')).start()
}
