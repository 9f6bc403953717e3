import { SaxesParser, type SaxesTagNS } from 'saxes'
import { z } from 'zod'
import { isCurrency } from '../../core/money.js'
import { EURO, FIRST_DAY, isPerEuro } from './exchange-rate.rules.js'
import type { NewRate } from './store-exchange-rates.js'

// The files that the European Central Bank publishes: eurofxref-daily.xml, eurofxref-hist-90d.xml and eurofxref-hist.xml. A
// Cube with a time contains the Cubes of its rates, each with a currency and the units of it for one euro:
//
//   <gesmes:Envelope …><Cube><Cube time="2026-11-26"><Cube currency="USD" rate="1.1534"/> … </Cube></Cube></gesmes:Envelope>

const ENVELOPE_NAMESPACE = 'http://www.gesmes.org/xml/2002-08-01'
const RATES_NAMESPACE = 'http://www.ecb.int/vocabulary/2002-08-01/eurofxref'

/** The levels of the elements, from the root. Deeper ones are refused at once: the parser looks for a namespace on every level. */
const LEVELS = { envelope: 1, allDays: 2, day: 3, rate: 4 } as const

const DOWNLOAD_AGAIN = 'download the file again from the ECB and do not change it'

const calendarDay = z.iso.date()

export interface EcbRates {
  /** In the order of the file; each day and currency once. */
  readonly rates: readonly NewRate[]
  readonly firstDay: string
  readonly lastDay: string
  /** Currencies that no longer exist, such as CYP; their rates are left out. Sorted. */
  readonly skipped: readonly string[]
}

interface ReadOptions {
  /** The last day that is accepted. */
  readonly lastDay: string
  /** Creates the error to throw. The message names the line, and what to do. */
  readonly problem: (message: string) => Error
}

/** Reads the rates of an XML file of the ECB. Nothing in the file can refer to another file or define entities. */
export function readEcbFile(text: string, options: ReadOptions): EcbRates {
  const reader = new EcbFileReader(options)
  reader.read(text)
  return reader.result()
}

class EcbFileReader {
  readonly #options: ReadOptions
  readonly #parser = new SaxesParser({ xmlns: true })
  readonly #days = new Map<string, NewRate[]>()
  readonly #skipped = new Set<string>()
  #level = 0
  /** The day that is open now. */
  #day: string | undefined
  /** The currencies of the open day, including those that are skipped. */
  #currencies = new Set<string>()

  constructor(options: ReadOptions) {
    this.#options = options
    const parser = this.#parser
    parser.on('error', ({ message }) => this.#fail(`is not well-formed XML: ${message.replace(/^\d+:\d+: |\.$/g, '')}; ${DOWNLOAD_AGAIN}`))
    parser.on('xmldecl', ({ encoding = 'UTF-8' }) => this.#checkEncoding(encoding))
    parser.on('doctype', () => this.#fail(`must not have a DOCTYPE; ${DOWNLOAD_AGAIN}`))
    parser.on('opentagstart', () => this.#enter())
    parser.on('opentag', (tag) => this.#open(tag))
    parser.on('closetag', () => this.#close())
  }

  read(text: string): void {
    this.#parser.write(text).close()
  }

  result(): EcbRates {
    const days = [...this.#days.keys()].sort()
    const [firstDay, lastDay] = [days[0], days.at(-1)]
    if (firstDay === undefined || lastDay === undefined) throw this.#options.problem(`contains no day with rates; ${DOWNLOAD_AGAIN}`)
    return { rates: [...this.#days.values()].flat(), firstDay, lastDay, skipped: [...this.#skipped].sort() }
  }

  #fail(message: string): never {
    throw this.#options.problem(`line ${this.#parser.line}: ${message}`)
  }

  #checkEncoding(encoding: string): void {
    if (encoding.toUpperCase() !== 'UTF-8') this.#fail(`the encoding must be UTF-8, not ${encoding}; ${DOWNLOAD_AGAIN}`)
  }

  #enter(): void {
    this.#level += 1
    if (this.#level > LEVELS.rate) this.#fail(`has more than ${LEVELS.rate} levels of elements; ${DOWNLOAD_AGAIN}`)
  }

  #open({ name, local, uri, attributes }: SaxesTagNS): void {
    const value = (attribute: string) => attributes[attribute]?.value
    const isCube = local === 'Cube' && uri === RATES_NAMESPACE
    if (this.#level === LEVELS.envelope && !(local === 'Envelope' && uri === ENVELOPE_NAMESPACE))
      this.#fail(`begins with <${name}>, but a file of exchange rates of the ECB begins with <gesmes:Envelope>`)
    if (isCube && this.#level === LEVELS.day) this.#openDay(value('time'))
    if (isCube && this.#level === LEVELS.rate) this.#addRate(value('currency'), value('rate'))
  }

  #openDay(day: string | undefined): void {
    if (day === undefined || !calendarDay.safeParse(day).success)
      this.#fail(`the time of the Cube is ${quote(day)}, but must be a day such as 2026-11-26; ${DOWNLOAD_AGAIN}`)
    const { lastDay } = this.#options
    if (day < FIRST_DAY || day > lastDay) this.#fail(`the day ${day} must be from ${FIRST_DAY} to ${lastDay}; correct or remove it`)
    if (this.#days.has(day)) this.#fail(`the day ${day} occurs twice; remove one of them`)
    this.#days.set(day, [])
    this.#day = day
    this.#currencies = new Set()
  }

  #addRate(currency: string | undefined, rate: string | undefined): void {
    const day = this.#day
    if (day === undefined) this.#fail(`the rate of ${quote(currency)} is outside of a Cube with a time; ${DOWNLOAD_AGAIN}`)
    if (currency === undefined || !/^[A-Z]{3}$/.test(currency))
      this.#fail(`the currency on ${day} is ${quote(currency)}, but must be a code of three letters such as USD; ${DOWNLOAD_AGAIN}`)
    if (currency === EURO) this.#fail(`the rate of EUR on ${day} must be left out, because it is always 1; remove it`)
    if (rate === undefined || !isPerEuro(rate))
      this.#fail(`the rate of ${currency} on ${day} is ${quote(rate)}, but must be a decimal above 0 such as 1.1534; correct or remove it`)
    if (this.#currencies.has(currency)) this.#fail(`the rate of ${currency} on ${day} occurs twice; remove one of them`)
    this.#currencies.add(currency)
    if (isCurrency(currency)) this.#days.get(day)?.push({ day, currency, perEuro: rate })
    else this.#skipped.add(currency)
  }

  #close(): void {
    if (this.#level === LEVELS.day && this.#day !== undefined) {
      if (this.#currencies.size === 0) this.#fail(`the day ${this.#day} has no rates; ${DOWNLOAD_AGAIN}`)
      this.#day = undefined
    }
    this.#level -= 1
  }
}

/** For an error: an attribute that is missing, or its value, which may be long. */
function quote(value: string | undefined): string {
  return value === undefined ? 'missing' : `"${value.slice(0, 40)}"`
}
