import { Piscina } from 'piscina'
import { busy, DomainError } from '../core/errors.js'
import { begin } from '../core/telemetry.js'
import type { FontSet } from '../pdf/font-set.js'
import type { DocumentSnapshot } from './invoice.rules.js'
import type { DrawingKit, Drawn } from './render.js'

/** Documents that may wait for a worker; one more is refused. */
export const MAX_WAITING = 64
const TIME_LIMIT_MS = 15_000
const IDLE_MS = 60_000
const WORKER_MEMORY_MB = 256
/** Compiled, wherever this file runs from: threads cannot read TypeScript. */
const WORKER = new URL('../../dist/invoices/render.worker.cjs', import.meta.url)

interface Log {
  warn(details: object, message: string): void
}

interface Options {
  kit: DrawingKit
  log: Log
  /** Another file than the compiled render.worker.cjs. */
  worker?: URL
  timeLimitMs?: number
  maxWaiting?: number
}

/**
 * Draws documents in a worker thread, so that a large one does not hold up other requests. Where the worker cannot
 * be loaded or dies, the document is drawn here instead, one at a time. Never so after a timeout, running out of
 * memory or an error in the drawing: such a document would take the server with it.
 */
export class Renderer {
  readonly #pool: Piscina
  readonly #options: Options
  readonly #timeLimitMs: number
  readonly #maxWaiting: number
  #fonts: FontSet | undefined
  #inline: Promise<unknown> = Promise.resolve()

  constructor(options: Options) {
    this.#options = options
    this.#timeLimitMs = options.timeLimitMs ?? TIME_LIMIT_MS
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING
    this.#pool = new Piscina({
      filename: (options.worker ?? WORKER).href,
      minThreads: 1,
      maxThreads: 2,
      maxQueue: this.#maxWaiting,
      // A thread takes half a second to load its fonts: it stays for the next burst.
      idleTimeout: IDLE_MS,
      workerData: options.kit,
      resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY_MB },
    })
    this.#pool.on('error', (error: Error) => options.log.warn({ reason: error.message }, 'a PDF worker failed'))
  }

  /** Documents that wait for a thread. */
  get waiting(): number {
    return this.#pool.queueSize
  }

  /** Threads that draw; for whoever wants to see them come and go. */
  get threads() {
    return this.#pool.threads
  }

  /**
   * @param stop  aborts the drawing when nobody wants it any more
   * @throws BUSY when too many are waiting, INTERNAL_SERVER_ERROR when the document cannot be drawn
   */
  async render(document: DocumentSnapshot, stop?: AbortSignal): Promise<Buffer> {
    const end = begin('drawing', { kind: document.kind })
    try {
      const bytes = await this.#render(document, stop)
      end('ok')
      return bytes
    } catch (error) {
      end(error instanceof DomainError ? error.code : 'failed')
      throw error
    }
  }

  async #render(document: DocumentSnapshot, stop: AbortSignal | undefined): Promise<Buffer> {
    const drawn = await this.#inWorker(document, stop)
    if (drawn === 'worker died') return this.#alone(() => this.#drawHere(document))
    if (drawn instanceof Uint8Array) return Buffer.from(drawn.buffer, drawn.byteOffset, drawn.byteLength)
    throw new Error(`document of order ${document.orderId} could not be drawn: ${drawn.problem}`)
  }

  async close(): Promise<void> {
    await this.#pool.close({ force: true })
  }

  async #inWorker(document: DocumentSnapshot, stop: AbortSignal | undefined): Promise<Drawn | 'worker died'> {
    if (this.#pool.queueSize >= this.#maxWaiting) throw tooBusy()
    const limit = AbortSignal.timeout(this.#timeLimitMs)
    try {
      return (await this.#pool.run(document, { signal: stop ? AbortSignal.any([limit, stop]) : limit })) as Drawn
    } catch (error) {
      if (stop?.aborted) throw new Error(`nobody waits for the document of order ${document.orderId} any more`)
      const { name, code, message } = error as NodeJS.ErrnoException
      if (name === 'AbortError') throw new Error(`document of order ${document.orderId} took longer than ${this.#timeLimitMs} ms`)
      if (code === 'ERR_WORKER_OUT_OF_MEMORY') throw new Error(`document of order ${document.orderId} needs too much memory`)
      if (message.includes('queue')) throw tooBusy()
      this.#options.log.warn({ reason: message }, 'the PDF worker died; drawing inline')
      return 'worker died'
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#inline.then(work, work)
    this.#inline = turn.catch(() => undefined)
    return turn
  }

  /** Loaded only when it is needed: a healthy server never draws in its main thread. */
  async #drawHere(document: DocumentSnapshot): Promise<Buffer> {
    const [{ drawInvoice }, { loadFonts }] = await Promise.all([import('./draw-invoice.js'), import('../pdf/font-set.js')])
    const { fonts, logo } = this.#options.kit
    this.#fonts ??= loadFonts(fonts)
    return drawInvoice(document, this.#fonts, logo)
  }
}

export function tooBusy(): DomainError {
  return busy('Too many documents are being drawn; try again in a few seconds')
}
