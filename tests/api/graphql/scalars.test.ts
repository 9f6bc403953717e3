import { type GraphQLScalarType, isScalarType, isSpecifiedScalarType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { startServer, type TestServer } from '../../support/server.js'

const schema = graphQLSchema()
const custom = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLScalarType => isScalarType(type) && !isSpecifiedScalarType(type),
)
// `_Any` is federation's.
const own = custom.filter(({ name }) => !name.startsWith('_'))

test.each(own.map((scalar) => [scalar.name, scalar] as const))('%s names its specification', (_name, { specifiedByURL }) => {
  expect(URL.canParse(specifiedByURL ?? '')).toBe(true)
})

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

describe('CountryCode', () => {
  const setCountry = (country: string) =>
    server.ask(
      55,
      'mutation ($country: CountryCode) { setBillingDetails(input: { name: "Ada", country: $country }) { billingDetails { country } } }',
      {
        country,
      },
    )

  test.each(['DE', 'GB', 'GR', 'US', 'XK'])('accepts %s', async (country) => {
    expect((await setCountry(country)).data.setBillingDetails.billingDetails).toEqual({ country })
  })

  test.each(['de', 'UK', 'EL', 'EU', 'XX', 'DEU', ''])('rejects %j', async (country) => {
    const { errors } = await setCountry(country)
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('must be an ISO 3166-1 alpha-2 code'),
      extensions: { code: 'BAD_USER_INPUT', field: 'country' },
    })
  })
})

describe('URL', () => {
  const createEndpoint = (url: unknown) =>
    server.ask('admin', 'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { endpoint { url } } }', {
      input: { url },
    })

  test('accepts an absolute URL', async () => {
    const url = 'http://127.0.0.1:9/hooks?a=%20b'
    expect((await createEndpoint(url)).data.createWebhookEndpoint.endpoint).toEqual({ url })
  })

  test.each(['/hooks', 'example.com', '', 7])('rejects %j', async (url) => {
    expect((await createEndpoint(url)).errors?.[0]).toMatchObject({
      message: expect.stringContaining('must be an absolute URL'),
      extensions: { code: 'BAD_USER_INPUT', field: 'input.url' },
    })
  })
})

test('Decimal accepts only plain decimals', () => {
  const decimal = schema.getType('Decimal') as GraphQLScalarType
  expect(['3.333333', '-0.5', '12'].map((value) => decimal.parseValue(value))).toEqual(['3.333333', '-0.5', '12'])
  for (const value of ['1e3', '.5', '1.', '1,5', '', 3.5]) expect(() => decimal.parseValue(value)).toThrow('plain decimal')
})

describe('Date', () => {
  const setRate = (validFrom: string) =>
    server.ask(
      'admin',
      'mutation ($day: Date) { setTaxRate(input: { country: "AT", customerType: USER, percentage: "20", validFrom: $day }) { taxRate { validFrom } } }',
      { day: validFrom },
    )

  test.each(['2026-05-01', '2028-02-29', '2000-01-01'])('accepts %s', async (day) => {
    expect((await setRate(day)).data.setTaxRate.taxRate).toEqual({ validFrom: day })
  })

  test.each(['2026-02-30', '2026-5-1', '2026-05-01T10:00:00Z', '20260501', 'today', ''])('rejects %j', async (day) => {
    const { errors } = await setRate(day)
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('Date must be a day, for example "2026-05-01"'),
      extensions: { code: 'BAD_USER_INPUT', field: 'day' },
    })
  })
})
