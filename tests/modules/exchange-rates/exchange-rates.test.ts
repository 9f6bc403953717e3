import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { convert, findExchangeRate } from '../../../src/modules/exchange-rates/index.js'
import { ecbEnvelope, ecbFile } from '../../support/ecb-files.js'
import { dataOf } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ now: '2026-11-27T10:00:00.000Z' })
})
afterAll(() => server.close())
beforeEach(() => server.owner.query('DELETE FROM exchange_rates'))

/** Null is anonymous. */
type Who = number | 'admin' | null
const RATE = '{ day currency perEuro source updatedAt }'

function set(input: object, who: Who = 'admin'): Promise<Answer> {
  const query = `mutation ($input: SetExchangeRatesInput!) { setExchangeRates(input: $input) { exchangeRates ${RATE} } }`
  return server.ask(who ?? undefined, query, { input: { day: '2026-11-26', source: 'ECB', ...input } })
}

function importFile(file: string, who: Who = 'admin'): Promise<Answer> {
  const query =
    'mutation ($file: String!) { importExchangeRates(input: { file: $file }) { firstDay lastDay count changed skippedCurrencies } }'
  return server.ask(who ?? undefined, query, { file })
}

function list(variables: object = {}, who: Who = 'admin'): Promise<Answer> {
  const query = `query ($first: Int, $after: String, $last: Int, $before: String, $currency: CurrencyCode) {
    exchangeRates(first: $first, after: $after, last: $last, before: $before, currency: $currency) {
      totalCount nodes ${RATE} edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
  return server.ask(who ?? undefined, query, variables)
}

const listed = async (variables: object = {}): Promise<string[]> =>
  (await dataOf(list(variables))).exchangeRates.nodes.map(
    ({ day, currency, perEuro, source }: Record<string, string>) => `${day} ${currency} ${perEuro} ${source}`,
  )
const find = (from: string, to: string, day: string) => findExchangeRate(server.services.db, { from, to, day })
const rate = (currency: string, perEuro: string) => ({ currency, perEuro })
const auditEntries = (action: string) => server.services.db.auditEntry.findMany({ where: { action }, orderBy: { id: 'desc' } })

test('only administrators set, import and list rates', async () => {
  const answers = [5, null].flatMap((who) => [
    set({ rates: [rate('PLN', '4.3048')] }, who),
    importFile(ecbFile(['2026-11-26', { USD: '1.1534' }]), who),
    list({}, who),
  ])
  expect((await Promise.all(answers)).map(codeOf)).toEqual([...Array(3).fill('FORBIDDEN'), ...Array(3).fill('UNAUTHENTICATED')])
  expect(await listed()).toEqual([])
})

describe('setExchangeRates', () => {
  test('stores rates with their digits and replaces those of the same day and currency, with an audit entry', async () => {
    const first = await dataOf(set({ source: ' Narodowy Bank Polski ', rates: [rate('USD', '1.10'), rate('PLN', '4.3000')] }))
    const at = '2026-11-27T10:00:00.000Z'
    const source = 'Narodowy Bank Polski'
    expect(first.setExchangeRates.exchangeRates).toEqual([
      { day: '2026-11-26', currency: 'PLN', perEuro: '4.3000', source, updatedAt: at },
      { day: '2026-11-26', currency: 'USD', perEuro: '1.10', source, updatedAt: at },
    ])
    await dataOf(set({ source: 'ECB', rates: [rate('PLN', '4.3048')] }))
    await dataOf(set({ day: '2026-11-25', rates: [rate('PLN', '4.2')] }))
    expect(await listed()).toEqual(['2026-11-26 PLN 4.3048 ECB', '2026-11-26 USD 1.10 Narodowy Bank Polski', '2026-11-25 PLN 4.2 ECB'])
    const [, , entry] = await auditEntries('setExchangeRates')
    expect(entry).toMatchObject({
      actor: 'user:1',
      subject: 'exchange-rates:2026-11-26',
      details: { source, rates: '{"USD":"1.10","PLN":"4.3000"}' },
    })
  })

  test.each<[name: string, input: object, field: string]>([
    ['a day that does not exist', { day: '2026-02-29' }, 'day'],
    ['a day in another format', { day: '26.11.2026' }, 'day'],
    ['a day before the euro', { day: '1998-12-31' }, 'day'],
    ['a day that is more than 31 days away', { day: '2026-12-29' }, 'day'],
    ['no source', { source: ' ' }, 'source'],
    ['a source of several lines', { source: 'a\nb' }, 'source'],
    ['a source that is too long', { source: 'x'.repeat(101) }, 'source'],
    ['a source that cannot be printed', { source: 'hieroglyph \u{13000}' }, 'source'],
    ['no rates', { rates: [] }, 'rates'],
    ['a negative rate', { rates: [rate('PLN', '-4.3')] }, 'rates.0.perEuro'],
    ['a rate of zero', { rates: [rate('PLN', '0.00')] }, 'rates.0.perEuro'],
    ['a rate with 11 decimals', { rates: [rate('PLN', '4.12345678901')] }, 'rates.0.perEuro'],
    ['a rate with 13 digits', { rates: [rate('PLN', '1234567890123')] }, 'rates.0.perEuro'],
    ['the euro', { rates: [rate('PLN', '4.3'), rate('EUR', '1')] }, 'rates.1.currency'],
    ['a currency twice', { rates: [rate('PLN', '4.3'), rate('PLN', '4.3')] }, 'rates.1.currency'],
  ])('refuses %s and names the field', async (_name, input, field) => {
    const { errors } = await set({ rates: [rate('PLN', '4.3')], ...input })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.${field}` })
    expect(errors?.[0]?.message).toMatch(/^input\.\S+: (must |.* cannot be printed)|; Date must be a day, for example/)
    expect(await listed()).toEqual([])
  })

  test.each(['NaN', '1e3', '1,5', ''])('refuses the rate %j, which is not a decimal', async (perEuro) => {
    expect(codeOf(await set({ rates: [rate('PLN', perEuro)] }))).toBe('BAD_USER_INPUT')
  })

  test('accepts at most 100 rates, and days up to 31 days from today', async () => {
    const currencies = Intl.supportedValuesOf('currency').filter((currency) => currency !== 'EUR')
    const rates = (count: number) => currencies.slice(0, count).map((currency) => rate(currency, '1.5'))
    expect((await set({ rates: rates(101) })).errors?.[0]?.extensions.field).toBe('input.rates')
    await dataOf(set({ day: '2026-12-28', rates: rates(100) }))
    expect((await dataOf(list())).exchangeRates.totalCount).toBe(100)
  })

  test('accepts the smallest and the largest rate', async () => {
    await dataOf(set({ rates: [rate('PLN', '0.0000000001'), rate('SEK', '9999999.9999999999')] }))
    expect(await listed()).toEqual(['2026-11-26 PLN 0.0000000001 ECB', '2026-11-26 SEK 9999999.9999999999 ECB'])
  })
})

describe('importExchangeRates', () => {
  const file = ecbFile(['2026-11-26', { USD: '1.1534', PLN: '4.3048', CYP: '0.58' }], ['2026-11-25', { USD: '1.1500' }])

  test('stores the rates of a file, counts what has changed, and writes an audit entry if something has', async () => {
    await dataOf(set({ day: '2026-11-25', source: 'NBP', rates: [rate('USD', '1.15'), rate('SEK', '11')] }))
    const imported = { firstDay: '2026-11-25', lastDay: '2026-11-26', count: 3, changed: 3, skippedCurrencies: ['CYP'] }
    expect((await dataOf(importFile(file))).importExchangeRates).toEqual(imported)
    expect((await dataOf(importFile(file))).importExchangeRates).toEqual({ ...imported, changed: 0 })
    expect(await listed()).toEqual([
      '2026-11-26 PLN 4.3048 ECB',
      '2026-11-26 USD 1.1534 ECB',
      '2026-11-25 SEK 11 NBP',
      '2026-11-25 USD 1.1500 ECB',
    ])
    const corrected = ecbFile(['2026-11-26', { USD: '1.1535', PLN: '4.3048' }])
    expect((await dataOf(importFile(corrected))).importExchangeRates).toMatchObject({ count: 2, changed: 1 })
    const entries = (await auditEntries('importExchangeRates')).slice(0, 2)
    expect(entries.map(({ actor, subject, details }) => ({ actor, subject, details }))).toEqual([
      {
        actor: 'user:1',
        subject: 'exchange-rates:ECB',
        details: { firstDay: '2026-11-26', lastDay: '2026-11-26', rates: 2, changed: 1 },
      },
      {
        actor: 'user:1',
        subject: 'exchange-rates:ECB',
        details: { firstDay: '2026-11-25', lastDay: '2026-11-26', rates: 3, changed: 3 },
      },
    ])
  })

  test('stores nothing of a file with an error, whose line and currency it names', async () => {
    const { errors } = await importFile(ecbFile(['2026-11-26', { USD: '1.1534', PLN: 'NaN' }]))
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.file' })
    expect(errors?.[0]?.message).toBe(
      'input.file: line 10: the rate of PLN on 2026-11-26 is "NaN", but must be a decimal above 0 such as 1.1534; correct or remove it',
    )
    expect(await listed()).toEqual([])
  })

  test('refuses days that are more than 31 days away', async () => {
    const { errors } = await importFile(ecbFile(['2026-12-29', { USD: '1.1' }]))
    expect(errors?.[0]?.message).toBe('input.file: line 8: the day 2026-12-29 must be from 1999-01-01 to 2026-12-28; correct or remove it')
  })

  test('refuses entities', async () => {
    const { errors } = await importFile(`<!DOCTYPE a [<!ENTITY b "1.1">]>${ecbEnvelope('')}`)
    expect(errors?.[0]?.message).toMatch(/^input\.file: line 1: must not have a DOCTYPE; /)
  })

  test('reads a file of 500,000 characters in one transaction, and no longer one', async () => {
    const days = Array.from({ length: 300 }, (_, index) => new Date(Date.UTC(2025, 0, 1 + index)).toISOString().slice(0, 10))
    const currencies = Intl.supportedValuesOf('currency').filter((currency) => currency !== 'EUR')
    const rates = Object.fromEntries(currencies.slice(0, 35).map((currency) => [currency, '1.5']))
    const text = ecbFile(...days.map((day) => [day, rates] as const))
    expect(text.length).toBeLessThan(500_000)
    const padded = text.padEnd(500_000, ' ')
    expect((await dataOf(importFile(padded))).importExchangeRates).toMatchObject({ count: 10_500, changed: 10_500 })
    expect((await auditEntries('importExchangeRates'))[0]?.details).toMatchObject({ rates: 10_500 })
    expect((await importFile(`${padded} `)).errors?.[0]?.message).toBe(
      'input.file: must be at most 500000 characters long; import it with npx quittance import-exchange-rates',
    )
  })

  test('stores files that are imported at once one after the other', async () => {
    const days = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26']
    const rates = (perEuro: string) => Object.fromEntries(['USD', 'PLN', 'SEK', 'CHF'].map((currency) => [currency, perEuro]))
    const files = Array.from({ length: 8 }, (_, index) => {
      const ordered = index % 2 === 0 ? days : days.toReversed()
      return ecbFile(...ordered.map((day) => [day, rates(`1.${index}`)] as const))
    })
    const answers = await Promise.all(files.map((each) => importFile(each)))
    expect(answers.map(codeOf)).toEqual(Array(8).fill('none'))
    expect(new Set((await listed()).map((line) => line.split(' ')[2])).size).toBe(1)
  })
})

describe('exchangeRates', () => {
  const ALL = [
    '2026-11-26 CHF 0.93 ECB',
    '2026-11-26 PLN 4.3 ECB',
    '2026-11-26 USD 1.15 ECB',
    '2026-11-25 CHF 0.94 ECB',
    '2026-11-25 PLN 4.4 ECB',
    '2026-11-24 USD 1.16 ECB',
  ]
  beforeEach(async () => {
    const days = [
      ['2026-11-26', { USD: '1.15', CHF: '0.93', PLN: '4.3' }],
      ['2026-11-25', { PLN: '4.4', CHF: '0.94' }],
      ['2026-11-24', { USD: '1.16' }],
    ] as const
    await dataOf(importFile(ecbFile(...days)))
  })

  test('lists the newest day first, those of a day by currency', async () => expect(await listed()).toEqual(ALL))

  test('lists one currency', async () => {
    expect(await listed({ currency: 'USD' })).toEqual(['2026-11-26 USD 1.15 ECB', '2026-11-24 USD 1.16 ECB'])
    expect((await dataOf(list({ currency: 'USD' }))).exchangeRates.totalCount).toBe(2)
    expect(await listed({ currency: 'SEK' })).toEqual([])
  })

  test.each([1, 2, 4, 6])('has every rate once on pages of %i, forwards and backwards', async (size) => {
    const walk = async (direction: 'forwards' | 'backwards') => {
      const pages: string[][] = []
      let cursor: string | undefined
      for (;;) {
        const variables = direction === 'forwards' ? { first: size, after: cursor } : { last: size, before: cursor }
        const { nodes, pageInfo } = (await dataOf(list(variables))).exchangeRates
        pages.push(nodes.map(({ day, currency }: Record<string, string>) => `${day} ${currency}`))
        const hasMore = direction === 'forwards' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage
        cursor = direction === 'forwards' ? pageInfo.endCursor : pageInfo.startCursor
        if (!hasMore) return pages
      }
    }
    const names = ALL.map((line) => line.split(' ').slice(0, 2).join(' '))
    expect((await walk('forwards')).flat()).toEqual(names)
    expect((await walk('backwards')).reverse().flat()).toEqual(names)
  })

  test('refuses a cursor of another list', async () => {
    for (const text of ['1764115200000.55', '1764115200000.usd', 'x', '999999999999999.USDX']) {
      const after = Buffer.from(text).toString('base64url')
      expect((await list({ after })).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' })
    }
    const far = Buffer.from('999999999999999.USD').toString('base64url')
    expect(await listed({ after: far })).toEqual(ALL)
  })

  test('reads a page with one statement', async () => {
    const query = '{ exchangeRates(first: 2) { nodes { day } } }'
    expect(await countStatements(() => server.ask('admin', query))).toEqual(['SELECT exchange_rates'])
  })
})

describe('findExchangeRate', () => {
  beforeEach(async () => {
    const days = [
      ['2026-11-26', { USD: '1.1534', PLN: '4.3048' }],
      ['2026-11-20', { USD: '1.1500', PLN: '4.2500', JPY: '180.00' }],
    ] as const
    await dataOf(importFile(ecbFile(...days)))
  })

  test('is the published rate from the euro, and its inverse to the euro', async () => {
    expect(await find('EUR', 'PLN', '2026-11-26')).toEqual({ rate: '4.3048', day: '2026-11-26', source: 'ECB' })
    expect(await find('USD', 'EUR', '2026-11-26')).toEqual({ rate: '0.867002', day: '2026-11-26', source: 'ECB' })
  })

  test('is the quotient of both rates of one day between other currencies', async () => {
    const found = await find('USD', 'PLN', '2026-11-27')
    expect(found).toEqual({ rate: '3.73227', day: '2026-11-26', source: 'ECB' })
    expect(convert(19_000n, 'USD', 'PLN', found?.rate ?? '')).toBe(70_913n)
  })

  test('is from the latest day with both currencies, even if one of them has a later rate', async () => {
    expect(await find('JPY', 'PLN', '2026-11-26')).toMatchObject({ rate: '0.0236111', day: '2026-11-20' })
    expect(await find('EUR', 'JPY', '2026-11-26')).toMatchObject({ rate: '180', day: '2026-11-20' })
  })

  test('is never from a later day', async () => {
    expect(await find('EUR', 'PLN', '2026-11-25')).toMatchObject({ rate: '4.25', day: '2026-11-20' })
    expect(await find('EUR', 'PLN', '2026-11-19')).toBe(null)
  })

  test('is at most ten days old', async () => {
    expect(await find('EUR', 'PLN', '2026-12-06')).toMatchObject({ day: '2026-11-26' })
    expect(await find('EUR', 'PLN', '2026-12-07')).toBe(null)
    expect(await find('EUR', 'JPY', '2026-11-30')).toMatchObject({ day: '2026-11-20' })
    expect(await find('EUR', 'JPY', '2026-12-01')).toBe(null)
  })

  test('is null if one of the currencies has no rate', async () => {
    expect(await find('EUR', 'SEK', '2026-11-26')).toBe(null)
    expect(await find('USD', 'SEK', '2026-11-26')).toBe(null)
  })

  test('names both sources if they differ', async () => {
    await dataOf(set({ source: 'NBP', rates: [rate('PLN', '4.31')] }))
    expect(await find('USD', 'PLN', '2026-11-26')).toMatchObject({ rate: '3.736778', source: 'ECB, NBP' })
    expect(await find('EUR', 'PLN', '2026-11-26')).toMatchObject({ rate: '4.31', source: 'NBP' })
  })

  test('needs two currencies', async () => {
    await expect(find('PLN', 'PLN', '2026-11-26')).rejects.toThrow('the currencies of a conversion must differ, but both are PLN')
  })

  test('is one statement', async () => {
    expect(await countStatements(() => find('USD', 'PLN', '2026-11-26'))).toEqual(['SELECT exchange_rates'])
  })
})

test.each([
  ['a rate of zero', "'2026-11-26', 'PLN', 0, 'ECB'", 'exchange_rates_per_euro_is_positive'],
  ['a negative rate', "'2026-11-26', 'PLN', -1, 'ECB'", 'exchange_rates_per_euro_is_positive'],
  ['NaN', "'2026-11-26', 'PLN', 'NaN', 'ECB'", 'exchange_rates_per_euro_is_positive'],
  ['Infinity', "'2026-11-26', 'PLN', 'Infinity', 'ECB'", 'exchange_rates_per_euro_is_positive'],
  ['11 decimals', "'2026-11-26', 'PLN', 0.00000000001, 'ECB'", 'exchange_rates_per_euro_has_at_most_10_decimals'],
  ['the euro', "'2026-11-26', 'EUR', 1, 'ECB'", 'exchange_rates_of_other_currencies'],
  ['another code', "'2026-11-26', 'pln', 4.3, 'ECB'", 'exchange_rates_currency_is_iso_4217'],
  ['a day before the euro', "'1998-12-31', 'PLN', 4.3, 'ECB'", 'exchange_rates_since_the_euro'],
  ['no source', "'2026-11-26', 'PLN', 4.3, ''", 'exchange_rates_source_is_a_line'],
])('the database refuses %s', async (_name, values, constraint) => {
  const insert = `INSERT INTO exchange_rates (day, currency, per_euro, source, updated_at) VALUES (${values}, now())`
  await expect(server.owner.query(insert)).rejects.toMatchObject({ constraint })
})
