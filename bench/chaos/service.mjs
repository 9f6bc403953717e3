import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Runs Quittance and restarts it whenever it ends, as a supervisor does. */
export class Service {
  starts = 0
  /** Unexpected exits. */
  crashes = []
  #environment
  #child
  #shouldRun = true
  #isExpectedExit = false

  constructor(environment) {
    this.#environment = environment
    this.#start()
  }

  get pid() {
    return this.#child.pid
  }

  /** Sends a signal to the server. */
  kill(signal) {
    this.#isExpectedExit = signal === 'SIGKILL' || signal === 'SIGTERM'
    this.#child.kill(signal)
  }

  async stop() {
    this.#shouldRun = false
    const exit = new Promise((done) => this.#child.once('exit', done))
    this.kill('SIGTERM')
    return exit
  }

  #start() {
    this.starts += 1
    this.#isExpectedExit = false
    const preload = new URL('kill-workers.mjs', import.meta.url).href
    const child = spawn(process.execPath, ['--import', preload, 'dist/bundle/main.js'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...this.#environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errorOutput = ''
    child.stderr.on('data', (chunk) => {
      errorOutput = (errorOutput + chunk).slice(-2000)
    })
    child.once('exit', (code, signal) => {
      if (this.#shouldRun && !this.#isExpectedExit && code !== 1) this.crashes.push(`${code ?? signal}: ${errorOutput}`)
      // Exit code 1 means that the server could not start, for example without its database.
      if (this.#shouldRun) setTimeout(() => this.#start(), 200)
    })
    this.#child = child
  }
}
