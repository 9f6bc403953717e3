import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import type { RunningServer } from './program.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A browser that uses the pages of the administration. */
export class AdminBrowser {
  /** Errors and warnings of the console, and errors of scripts. */
  readonly problems: string[] = []
  readonly foreignRequests: string[] = []
  readonly #server: RunningServer
  readonly #browser: Browser
  #context: BrowserContext | undefined
  #page: Page | undefined

  private constructor(server: RunningServer, browser: Browser) {
    this.#server = server
    this.#browser = browser
  }

  static async launch(server: RunningServer, options: BrowserContextOptions = {}): Promise<AdminBrowser> {
    if (!existsSync(CHROMIUM)) throw new Error(`Chromium not found at ${CHROMIUM}; install it (Debian: apt-get install chromium)`)
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
    const opened = new AdminBrowser(server, browser)
    opened.#context = await opened.openContext(options)
    opened.#page = await opened.#context.newPage()
    return opened
  }

  async close(): Promise<void> {
    await this.#browser.close()
  }

  /** The window of the administrator. */
  get page(): Page {
    if (!this.#page) throw new Error('the browser has not been launched')
    return this.#page
  }

  async openContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const defaults = { viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' } as const
    const opened = await this.#browser.newContext({ ...defaults, ...options })
    opened.on('request', (request) => {
      const isForeign = !request.url().startsWith(this.#server.url) && !/^(data|blob):/.test(request.url())
      if (isForeign) this.foreignRequests.push(request.url())
    })
    // Violations of the Content-Security-Policy are errors of the console. Refused inputs are error responses.
    opened.on('console', (message) => {
      const isProblem = ['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource')
      if (isProblem) this.problems.push(`${message.text()} ${message.location().url}`)
    })
    opened.on('weberror', (error) => this.problems.push(error.error().message))
    return opened
  }

  /** Opens the pages in another window of the same administrator. */
  async openAs(options: BrowserContextOptions): Promise<Page> {
    const storageState = await this.page.context().storageState()
    const other = await this.openContext({ ...options, storageState })
    return other.newPage()
  }

  /** Signs in by the address that the terminal prints. */
  async signIn(): Promise<void> {
    const [link = ''] = /http\S+\/admin\/session\/\S+/.exec(this.#server.output()) ?? []
    await this.page.goto(link)
    await this.page.waitForURL(`${this.#server.url}/admin`)
  }

  /** Waits until nothing is loading. */
  async ready(opened = this.page): Promise<void> {
    await opened.locator('main h1').waitFor()
    await opened.waitForFunction(() => !document.querySelector('main .mantine-Skeleton-root'))
    // Charts measure their container before they draw.
    if (new URL(opened.url()).pathname === '/admin') await opened.locator('main svg.recharts-surface').first().waitFor()
  }

  async open(path: string, opened = this.page): Promise<void> {
    await opened.goto(`${this.#server.url}/admin${path}`)
    await this.ready(opened)
  }

  /** The rows of a table that contain a text. */
  row(table: string, text: string | RegExp): Locator {
    return this.page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text })
  }

  dialog(name?: string | RegExp): Locator {
    return this.page.getByRole('dialog', name === undefined ? {} : { name })
  }

  /** Presses the button of the open dialog, and waits until it is done. */
  async confirm(button: string): Promise<void> {
    await this.dialog().getByRole('button', { name: button, exact: true }).click()
    await this.dialog().waitFor({ state: 'detached' })
  }

  /** The serious problems that axe finds. */
  async accessibilityProblems(opened = this.page): Promise<string[]> {
    await opened.evaluate(AXE)
    const { violations } = (await opened.evaluate('axe.run(document)')) as { violations: any[] }
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }: any) => `${id}: ${html.slice(0, 150)} ${failureSummary.slice(0, 300)}`),
      )
  }
}
