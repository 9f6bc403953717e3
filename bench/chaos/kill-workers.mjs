// Preloaded into the server (node --import): SIGUSR2 terminates all worker threads,
// as running out of memory would.
import { syncBuiltinESMExports } from 'node:module'
import threads from 'node:worker_threads'

const alive = new Set()

threads.Worker = class extends threads.Worker {
  constructor(...parameters) {
    super(...parameters)
    alive.add(this)
    this.once('exit', () => alive.delete(this))
  }
}
syncBuiltinESMExports()
process.on('SIGUSR2', () => {
  for (const worker of alive) void worker.terminate()
})
