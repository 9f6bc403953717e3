import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAX_LOGGED_ERRORS = 20

/** Runs Quittance and restarts it whenever it ends, as a supervisor does. */
export class Service {
  starts = 0
  /** Unexpected exits. */
  crashes = []
  /** The first lines that the server has logged as errors. */
  errors = []
  #environment
  #child
  #shouldRun = true
  #isExpectedExit = false

  constructor(environment) {
    this.#environment = environment
    this.#start()
  }

  /** Sends a signal that does not end the server. */
  signal(name) {
    this.#child.kill(name)
  }

  /** Ends the server with a signal. @returns when it has ended */
  end(signal) {
    this.#isExpectedExit = true
    const exit = new Promise((done) => this.#child.once('exit', done))
    this.#child.kill(signal)
    return exit
  }

  /** Ends the server, which is not restarted. */
  stop() {
    this.#shouldRun = false
    return this.end('SIGTERM')
  }

  #start() {
    this.starts += 1
    this.#isExpectedExit = false
    const preload = new URL('kill-workers.mjs', import.meta.url).href
    const child = spawn(process.execPath, ['--import', preload, 'dist/bundle/main.js'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (chunk) => {
      const lines = String(chunk).split('\n')
      if (this.errors.length < MAX_LOGGED_ERRORS) this.errors.push(...lines.filter((line) => line.includes('"level":50')))
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
