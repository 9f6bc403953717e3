import { pathToFileURL } from 'node:url'
import pLimit from 'p-limit'
import type { Piscina } from 'piscina'
import { MINUTE_MS } from '../../../core/duration.js'
import { busyError, DomainError } from '../../../core/errors.js'
import { startMeasurement } from '../../../core/instrumentation.js'
import type { Logger } from '../../../core/logger.js'
import { projectFile } from '../../../core/project-file.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import type { RenderAssets, RenderResult } from './worker-task.js'

/**
 * Increase it with every change that affects the rendered bytes. Stored documents keep the version that
 * rendered them. It is not in draw-invoice.ts, which loads pdfkit and fontkit.
 */
export const TEMPLATE_VERSION = 2
/** Maximum number of queued documents; further ones are rejected with BUSY. */
export const MAX_QUEUED_RENDERS = 64
const MAX_THREADS = 2
/** From the moment when a thread is free for the document. */
const RENDER_TIMEOUT_MS = 15_000
const IDLE_TIMEOUT_MS = MINUTE_MS
/** Memory limits of a thread. A document that exceeds them terminates its thread. */
const WORKER_MEMORY = {
  maxOldGenerationSizeMb: 256,
  // With a larger young generation, one collection can exceed the limit above, and Node 24 then stops the
  // whole process.
  maxYoungGenerationSizeMb: 16,
}
/** Always the compiled file, because threads cannot load TypeScript. */
const WORKER = pathToFileURL(projectFile('dist/modules/invoicing/pdf/pdf.worker.cjs'))

interface PdfRendererOptions {
  /** Called once, before the first document: a logo can take a fifth of a second. */
  loadAssets: () => Promise<RenderAssets>
  log: Logger
  /** Defaults to the compiled pdf.worker.cjs. */
  worker?: URL
  timeoutMs?: number
  maxQueuedRenders?: number
}

interface RenderThreads {
  pool: Piscina
  assets: RenderAssets
}

/** What to do with a document whose thread was lost. */
type LostThreadAction = 'retry' | 'inline'

/**
 * Renders documents in worker threads, so that a large one does not block other requests. If no worker can be
 * loaded or a worker dies, documents are rendered inline, in the main thread, one at a time. A document is
 * never rendered inline after a timeout, running out of memory or a rendering error, because it could stop
 * the whole server.
 */
export class PdfRenderer {
  /** Opened for the first document, because most processes seldom render one. */
  #threads: RenderThreads | undefined
  #opening: Promise<RenderThreads> | undefined
  readonly #options: PdfRendererOptions
  readonly #timeoutMs: number
  readonly #maxQueuedRenders: number
  readonly #threadQueue = pLimit(MAX_THREADS)
  readonly #inlineQueue = pLimit(1)
  /** One for each document in the pool. The abort reason is the action to take when no thread is left. */
  readonly #pending = new Set<AbortController>()
  /** Whether a worker has been loaded since the pool last ran out of threads. */
  #workerHasLoaded = true
  #closed = false
  #fonts: FontSet | undefined

  constructor(options: PdfRendererOptions) {
    this.#options = options
    this.#timeoutMs = options.timeoutMs ?? RENDER_TIMEOUT_MS
    this.#maxQueuedRenders = options.maxQueuedRenders ?? MAX_QUEUED_RENDERS
  }

  /** Number of documents that wait for a thread or for the main thread. */
  get queueSize(): number {
    return this.#threadQueue.pendingCount + this.#inlineQueue.pendingCount
  }

  /** The threads of the pool, for tests and diagnostics. */
  get threads() {
    return this.#threads?.pool.threads ?? []
  }

  /**
   * @param stop  aborts the render when all waiters have disconnected
   * @throws BUSY when too many documents are queued; Error when the document cannot be rendered
   */
  async render(document: DocumentSnapshot, stop?: AbortSignal): Promise<Buffer> {
    const end = startMeasurement('drawing', { kind: document.kind })
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
    const { pool, assets } = this.#threads ?? (await this.#open())
    if (this.queueSize >= this.#maxQueuedRenders) throw tooManyRendersError()
    const result = await this.#threadQueue(() => this.#renderInPool(pool, document, stop))
    if (result === 'inline') return this.#inlineQueue(() => this.#renderInline(document, assets, stop))
    if (result instanceof Uint8Array) return Buffer.from(result.buffer, result.byteOffset, result.byteLength)
    throw new Error(`document of ${originOf(document)} could not be rendered: ${result.problem}`)
  }

  async close(): Promise<void> {
    this.#closed = true
    const opened = await this.#opening?.catch(() => undefined)
    await opened?.pool.close({ force: true })
  }

  #open(): Promise<RenderThreads> {
    this.#opening ??= this.#start().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #start(): Promise<RenderThreads> {
    const { loadAssets, log, worker = WORKER } = this.#options
    const [{ Piscina }, assets] = await Promise.all([import('piscina'), loadAssets()])
    const pool = new Piscina({
      filename: worker.href,
      minThreads: 0,
      maxThreads: MAX_THREADS,
      // A thread needs half a second to load its fonts, so it stays alive for the next burst.
      idleTimeout: IDLE_TIMEOUT_MS,
      workerData: assets,
      resourceLimits: WORKER_MEMORY,
    })
    pool.on('error', (error: Error) => log.warn({ reason: error.message }, 'PDF worker failed'))
    pool.on('workerCreate', () => {
      this.#workerHasLoaded = true
    })
    // Piscina replaces a thread only after it has removed it from its list.
    pool.on('workerDestroy', () => queueMicrotask(() => this.#onThreadLost(pool)))
    this.#threads = { pool, assets }
    return this.#threads
  }

  async #renderInPool(pool: Piscina, document: DocumentSnapshot, stop: AbortSignal | undefined): Promise<RenderResult | 'inline'> {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    let result = await this.#renderInWorker(pool, document, timeout, stop)
    while (result === 'retry') result = await this.#renderInWorker(pool, document, timeout, stop)
    return result
  }

  async #renderInWorker(
    pool: Piscina,
    document: DocumentSnapshot,
    timeout: AbortSignal,
    stop: AbortSignal | undefined,
  ): Promise<RenderResult | LostThreadAction> {
    const lost = new AbortController()
    this.#pending.add(lost)
    try {
      const signal = AbortSignal.any([lost.signal, timeout, ...(stop ? [stop] : [])])
      return (await pool.run(document, { signal })) as RenderResult
    } catch (error) {
      const { name, code, message } = error as NodeJS.ErrnoException
      if (stop?.aborted) throw renderAbortedError(document)
      if (name === 'AbortError' && !timeout.aborted && lost.signal.aborted) return lost.signal.reason as LostThreadAction
      if (name === 'AbortError') throw new Error(`document of ${originOf(document)} took longer than ${this.#timeoutMs} ms to render`)
      if (code === 'ERR_WORKER_OUT_OF_MEMORY') throw new Error(`document of ${originOf(document)} needs too much memory to render`)
      this.#options.log.warn({ reason: message }, 'PDF worker died, rendering inline')
      return 'inline'
    } finally {
      this.#pending.delete(lost)
    }
  }

  /**
   * Piscina replaces a thread that dies, but not one that could not be loaded, so queued documents would wait
   * until they time out. Retrying them starts new threads. If no worker has loaded since the last retry, they
   * are rendered inline.
   */
  #onThreadLost({ threads }: Piscina): void {
    if (this.#closed || threads.length > 0) return
    const action: LostThreadAction = this.#workerHasLoaded ? 'retry' : 'inline'
    this.#workerHasLoaded = false
    if (action === 'inline' && this.#pending.size > 0) {
      this.#options.log.warn({ documents: this.#pending.size }, 'no PDF worker can be loaded, rendering inline')
    }
    for (const lost of this.#pending) lost.abort(action)
  }

  /** Loads its modules on first use, because a healthy server never renders inline. */
  async #renderInline(
    document: DocumentSnapshot,
    { fonts, logo, accentColor }: RenderAssets,
    stop: AbortSignal | undefined,
  ): Promise<Buffer> {
    const [{ drawInvoice }, { loadFonts }] = await Promise.all([import('./draw-invoice.js'), import('../../../platform/pdf/font-set.js')])
    if (stop?.aborted) throw renderAbortedError(document)
    this.#fonts ??= loadFonts(fonts)
    return drawInvoice(document, this.#fonts, logo, accentColor)
  }
}

function renderAbortedError(document: DocumentSnapshot): Error {
  return new Error(`render of ${originOf(document)} was aborted: all clients have disconnected`)
}

function originOf({ orderId, payments }: DocumentSnapshot): string {
  return orderId === null ? `payment ${payments?.[0]?.id}` : `order ${orderId}`
}

export function tooManyRendersError(): DomainError {
  return busyError('Too many documents are being rendered; try again in a few seconds')
}
