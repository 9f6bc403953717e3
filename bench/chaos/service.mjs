import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Quittance, started again whenever it ends, as an operator's supervisor does. */
export class Service {
  starts = 0
  /** Ends that nobody asked for. */
  crashes = []
  #environment
  #child
  #wanted = true
  #expected = false

  constructor(environment) {
    this.#environment = environment
    this.#start()
  }

  get pid() {
    return this.#child.pid
  }

  /** @param signal  it is sent; after SIGTERM it ends by itself */
  kill(signal) {
    this.#expected = signal === 'SIGKILL' || signal === 'SIGTERM'
    this.#child.kill(signal)
  }

  async stop() {
    this.#wanted = false
    const gone = new Promise((done) => this.#child.once('exit', done))
    this.kill('SIGTERM')
    return gone
  }

  #start() {
    this.starts += 1
    this.#expected = false
    const preload = new URL('kill-workers.mjs', import.meta.url).href
    const child = spawn(process.execPath, ['--import', preload, 'dist/bundle/main.js'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...this.#environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let words = ''
    child.stderr.on('data', (chunk) => {
      words = (words + chunk).slice(-2000)
    })
    child.once('exit', (code, signal) => {
      if (this.#wanted && !this.#expected && code !== 1) this.crashes.push(`${code ?? signal}: ${words}`)
      // What cannot start without its database says so in one line and ends: it is started again.
      if (this.#wanted) setTimeout(() => this.#start(), 200)
    })
    this.#child = child
  }
}
