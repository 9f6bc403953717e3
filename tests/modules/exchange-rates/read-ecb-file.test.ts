import { describe, expect, test } from 'vitest'
import { readEcbFile } from '../../../src/modules/exchange-rates/read-ecb-file.js'
import { ecbEnvelope, ecbFile } from '../../support/ecb-files.js'

const read = (text: string) => readEcbFile(text, { lastDay: '2026-12-31', problem: (message) => new Error(message) })
/** The file with one day that has this content, which begins on line 9. */
const day = (rates: string, time = "time='2026-11-26'") => ecbEnvelope(`		<Cube ${time}>\n${rates}\n		</Cube>\n`)

test('reads the daily file, with the digits of the rates', () => {
  expect(read(ecbFile(['2026-11-26', { USD: '1.1534', JPY: '178.40', IDR: '19204.12', GBP: '0.86025' }]))).toEqual({
    rates: [
      { day: '2026-11-26', currency: 'USD', perEuro: '1.1534' },
      { day: '2026-11-26', currency: 'JPY', perEuro: '178.40' },
      { day: '2026-11-26', currency: 'IDR', perEuro: '19204.12' },
      { day: '2026-11-26', currency: 'GBP', perEuro: '0.86025' },
    ],
    firstDay: '2026-11-26',
    lastDay: '2026-11-26',
    skipped: [],
  })
})

test('reads a file of several days, the newest first', () => {
  const { rates, firstDay, lastDay } = read(ecbFile(['2026-11-26', { USD: '1.1' }], ['2026-11-25', { USD: '1.2', PLN: '4.3' }]))
  expect([firstDay, lastDay]).toEqual(['2026-11-25', '2026-11-26'])
  expect(rates.map((rate) => Object.values(rate).join(' '))).toEqual(['2026-11-26 USD 1.1', '2026-11-25 USD 1.2', '2026-11-25 PLN 4.3'])
})

test('leaves out currencies that no longer exist, which the whole history has', () => {
  const { rates, skipped } = read(
    ecbFile(['1999-01-04', { USD: '1.1789', CYP: '0.58231', EEK: '15.6466' }], ['1999-01-05', { CYP: '0.58' }]),
  )
  expect(rates).toEqual([{ day: '1999-01-04', currency: 'USD', perEuro: '1.1789' }])
  expect(skipped).toEqual(['CYP', 'EEK'])
})

test('accepts a byte order mark, comments, other spaces, and other names of the namespaces', () => {
  const file = `\ufeff<?xml version='1.0' encoding='utf-8'?><!-- rates --><x:Envelope xmlns:x="http://www.gesmes.org/xml/2002-08-01"
    xmlns:y="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><y:Cube><y:Cube
    time = "2026-11-26" ><y:Cube rate='1.1534'
    currency="USD" ></y:Cube></y:Cube></y:Cube></x:Envelope>`
  expect(read(file).rates).toEqual([{ day: '2026-11-26', currency: 'USD', perEuro: '1.1534' }])
})

describe('refuses, with the line and what to do,', () => {
  const rate = (value: string) => day(`			<Cube currency='USD' rate='${value}'/>`)

  test.each<[name: string, file: string, message: RegExp]>([
    ['a rate that is negative', rate('-1.1'), /^line 9: the rate of USD on 2026-11-26 is "-1.1", but must be a decimal above 0 such as/],
    ['a rate of zero', rate('0.000'), /^line 9: the rate of USD on 2026-11-26 is "0.000"/],
    ['a rate that is NaN', rate('NaN'), /is "NaN", but must be/],
    ['a rate that is Infinity', rate('Infinity'), /is "Infinity", but must be/],
    ['a rate that is N/A', rate('N/A'), /is "N\/A", but must be/],
    ['a rate with an exponent', rate('1e3'), /is "1e3", but must be/],
    ['a rate with a comma', rate('1,1534'), /correct or remove it$/],
    ['a rate with more digits than are stored', rate('1.12345678901'), /must be a decimal/],
    ['a rate that is huge', rate('9'.repeat(100_000)), /^.{30,250}$/],
    ['a rate that is empty', rate(''), /is "", but must be/],
    ['a rate that is missing', day("			<Cube currency='USD'/>"), /^line 9: the rate of USD on 2026-11-26 is missing, but must be/],
    ['a currency that is missing', day("\n			<Cube rate='1.1'/>"), /^line 10: the currency on 2026-11-26 is missing, but must be/],
    ['a currency that is not a code', day("<Cube currency='usd' rate='1.1'/>"), /is "usd", but must be a code of three letters/],
    ['the euro', day("<Cube currency='EUR' rate='1'/>"), /^line 9: the rate of EUR on 2026-11-26 must be left out/],
    [
      'a currency twice on a day',
      day("<Cube currency='USD' rate='1.1'/>\n<Cube currency='USD' rate='1.1'/>"),
      /^line 10: the rate of USD on 2026-11-26 occurs twice; remove one/,
    ],
    [
      'a former currency twice on a day',
      day("<Cube currency='CYP' rate='1.1'/>\n<Cube currency='CYP' rate='1.1'/>"),
      /^line 10: the rate of CYP .* occurs twice/,
    ],
    [
      'a day twice',
      ecbFile(['2026-11-26', { USD: '1.1' }], ['2026-11-26', { PLN: '4.3' }]),
      /^line 11: the day 2026-11-26 occurs twice; remove one of them$/,
    ],
    ['a day without rates', day(''), /^line 10: the day 2026-11-26 has no rates; download the file again/],
    ['a day that does not exist', day('', "time='2026-02-29'"), /^line 8: the time of the Cube is "2026-02-29", but must be a day/],
    ['a day in another format', day('', "time='26 November 2026'"), /is "26 November 2026", but must be a day/],
    ['a day that is missing', day('', ''), /^line 8: the time of the Cube is missing/],
    ['a day before the euro', day('', "time='1998-12-31'"), /^line 8: the day 1998-12-31 must be from 1999-01-01 to 2026-12-31/],
    ['a day in the future', day('', "time='2027-01-01'"), /^line 8: the day 2027-01-01 must be from/],
    ['no day at all', ecbEnvelope(''), /^contains no day with rates; download/],
    [
      'rates outside of a day',
      `<g:Envelope xmlns:g="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
        <Cube><g:x><Cube currency="USD" rate="1.1"/></g:x></Cube></g:Envelope>`,
      /^line 2: the rate of "USD" is outside of a Cube with a time/,
    ],
    [
      'another XML file',
      '<rss><channel/></rss>',
      /^line 1: begins with <rss>, but a file of exchange rates of the ECB begins with <gesmes:Env/,
    ],
    ['the elements without their namespaces', '<Envelope><Cube/></Envelope>', /begins with <Envelope>/],
    ['a web page', '<!DOCTYPE html><html><body>404</body></html>', /^line 1: must not have a DOCTYPE; download the file again/],
    ['a table', 'Date, USD, JPY\n26 November 2026, 1.1, 178', /^line 2: is not well-formed XML: .*; download the file again/],
    ['an empty file', '', /is not well-formed XML: document must contain a root element; download/],
    ['a file that was cut off', ecbFile(['2026-11-26', { USD: '1.1' }]).slice(0, -30), /is not well-formed XML/],
    [
      'an attribute twice',
      day("<Cube currency='USD' rate='1.1' rate='1.2'/>"),
      /^line 9: is not well-formed XML: duplicate attribute: rate;/,
    ],
    ['a second root', `${ecbFile(['2026-11-26', { USD: '1.1' }])}<a/>`, /^line \d+: is not well-formed XML/],
    [
      'another encoding',
      ecbFile(['2026-11-26', { USD: '1.1' }]).replace('UTF-8', 'ISO-8859-1'),
      /^line 1: the encoding must be UTF-8, not ISO/,
    ],
    ['the character U+0000', rate('1.1\0'), /is not well-formed XML: disallowed character/],
  ])('%s', (_name, file, message) => expect(() => read(file)).toThrow(message))
})

describe('refuses at once', () => {
  const entities = (levels: number) =>
    Array.from({ length: levels }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join('\n')

  test.each<[name: string, file: string, message: RegExp]>([
    [
      'entities that contain each other',
      `<!DOCTYPE a [<!ENTITY l0 "1.1534">${entities(10)}]>${day("<Cube currency='USD' rate='&l10;'/>")}`,
      /must not have a DOCTYPE/,
    ],
    [
      'an entity that reads a file',
      `<!DOCTYPE a [<!ENTITY file SYSTEM "file:///etc/passwd">]>${day("<Cube currency='USD' rate='&file;'/>")}`,
      /must not have a DOCTYPE/,
    ],
    ['an entity without a DOCTYPE', day("<Cube currency='USD' rate='&l10;'/>"), /^line 9: is not well-formed XML: undefined entity;/],
    ['many declarations', `<!DOCTYPE a [${'<!ENTITY b "c">'.repeat(30_000)}`, /is not well-formed XML/],
    ['deep elements', '<a>'.repeat(160_000), /begins with <a>/],
    ['deep elements of the namespace', ecbEnvelope('<gesmes:a>'.repeat(20_000)), /has more than 4 levels of elements/],
    ['many attributes', `<a ${Array.from({ length: 40_000 }, (_, index) => `b${index}="1"`).join(' ')}/>`, /begins with <a>/],
    ['long whitespace', `<a ${' '.repeat(490_000)}/>`, /begins with <a>/],
  ])('%s', (_name, file, message) => {
    const start = performance.now()
    expect(() => read(file)).toThrow(message)
    // Milliseconds on an idle machine. What grows with the square of the length would take minutes.
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

test('reads the whole history', () => {
  const currencies = ['USD', 'JPY', 'GBP', 'PLN', 'SEK', 'CHF', 'NOK', 'DKK', 'CZK', 'HUF']
  const start = Date.UTC(2000, 0, 1)
  const rates = Object.fromEntries(currencies.map((currency) => [currency, '1.2345']))
  const days = Array.from({ length: 7000 }, (_, index) => new Date(start + index * 86_400_000).toISOString().slice(0, 10))
  const result = read(ecbFile(...days.map((each) => [each, rates] as const)))
  expect(result.rates).toHaveLength(70_000)
  expect([result.firstDay, result.lastDay]).toEqual(['2000-01-01', '2019-03-01'])
})
