import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseVatId, type VatId } from '../../../src/core/vat-id.js'
import { DemoVatCheck } from '../../../src/modules/vat-checks/demo-vat-check.js'
import { Vies } from '../../../src/modules/vat-checks/vies/vies.js'
import { TestClock } from '../../support/server.js'
import { FakeVies } from '../../support/vies.js'

const NOW = '2026-05-01T10:00:00.000Z'
const clock = new TestClock(NOW)
const vatId = (id: string) => parseVatId(id) as VatId
const FRENCH = vatId('FR83404833048')
const SELLER = vatId('DE136695976')
const TIMEOUT_MS = 300

let vies: FakeVies
let client: Vies

beforeAll(async () => {
  vies = await new FakeVies().start()
  client = new Vies(`${vies.url}/`, clock, TIMEOUT_MS)
})
beforeEach(() => {
  vies.requests.length = 0
  vies.failures.length = 0
  vies.refusedRequesters.clear()
  vies.registered.clear()
})
afterAll(() => vies.close())

const NOTHING = { name: null, address: null, consultationNumber: null }

test('sends both ids in the documented form and returns what is registered', async () => {
  vies.registered.set('FR83404833048', { name: 'SA ENGINES', address: '8 RUE DE LONDRES\n75009 PARIS' })
  expect(await client.check(FRENCH, SELLER)).toEqual({
    result: 'VALID',
    name: 'SA ENGINES',
    address: '8 RUE DE LONDRES\n75009 PARIS',
    consultationNumber: 'WAPIAAAAZ0000001',
    requester: SELLER,
    error: null,
    at: new Date(NOW),
  })
  expect(vies.requests).toEqual([
    { countryCode: 'FR', vatNumber: '83404833048', requesterMemberStateCode: 'DE', requesterNumber: '136695976' },
  ])
})

test('sends no requester when the seller has no VAT id, and gets no consultation number', async () => {
  vies.registered.set('FR83404833048', {})
  expect(await client.check(FRENCH, null)).toMatchObject({ result: 'VALID', requester: null, ...NOTHING })
  expect(vies.requests).toEqual([{ countryCode: 'FR', vatNumber: '83404833048' }])
})

test('Greek ids have the prefix EL', async () => {
  await client.check(vatId('EL094259216'), null)
  expect(vies.requests).toEqual([{ countryCode: 'EL', vatNumber: '094259216' }])
})

test('an id that is not registered is invalid, and "---" is not a name', async () => {
  expect(await client.check(FRENCH, SELLER)).toMatchObject({ result: 'INVALID', error: null, ...NOTHING })
})

test('an id that the member state cannot have is invalid', async () => {
  vies.failures.push({ error: 'INVALID_INPUT', status: 400 })
  expect(await client.check(FRENCH, SELLER)).toMatchObject({ result: 'INVALID', error: null, ...NOTHING })
})

test('asks again without the requester if VIES does not know it', async () => {
  vies.registered.set('FR83404833048', { name: 'SA ENGINES' })
  vies.refusedRequesters.add('DE136695976')
  expect(await client.check(FRENCH, SELLER)).toMatchObject({
    result: 'VALID',
    name: 'SA ENGINES',
    consultationNumber: null,
    requester: null,
  })
  expect(vies.requests).toHaveLength(2)
})

const CODES = [
  'MS_UNAVAILABLE',
  'MS_MAX_CONCURRENT_REQ',
  'MS_MAX_CONCURRENT_REQ_TIME',
  'GLOBAL_MAX_CONCURRENT_REQ',
  'GLOBAL_MAX_CONCURRENT_REQ_TIME',
  'SERVICE_UNAVAILABLE',
  'TIMEOUT',
  'VAT_BLOCKED',
  'IP_BLOCKED',
]

test.each(CODES.flatMap((code) => [200, 500].map((status) => [code, status] as const)))(
  '%s with the status %i says nothing about the id',
  async (error, status) => {
    vies.failures.push({ error, status })
    expect(await client.check(FRENCH, SELLER)).toEqual({ result: 'UNAVAILABLE', requester: SELLER, error, at: new Date(NOW), ...NOTHING })
  },
)

const valid = (more: object) => JSON.stringify({ valid: true, name: 'X', ...more })

test.each([
  ['a member state that fails in a result', { body: '{"valid":false,"userError":"MS_UNAVAILABLE"}' }, 'MS_UNAVAILABLE'],
  ['malformed JSON', { body: '{"valid": tru' }, 'the response is not valid JSON'],
  ['a page', { body: '<html>maintenance</html>' }, 'the response is not valid JSON'],
  ['an empty body', { body: '' }, 'the response is not valid JSON'],
  ['a list', { body: '[]' }, 'the response does not state whether the VAT id is valid'],
  ['null', { body: 'null' }, 'the response does not state whether the VAT id is valid'],
  ['a text instead of true', { body: valid({ valid: 'true' }) }, 'the response does not state whether the VAT id is valid'],
  ['a number as the name', { body: valid({ name: 7 }) }, 'the response does not state whether the VAT id is valid'],
  ['an error that is not a code', { error: '<script>' }, 'an error without a known code'],
  ['a result with the status 500', { body: valid({}), status: 500 }, 'HTTP 500'],
  ['a page with the status 403', { body: '<html>', status: 403 }, 'HTTP 403'],
  ['a huge body', { body: valid({ address: 'x'.repeat(5_000_000) }) }, 'the response is larger than 64 KiB'],
  ['no response', { hang: true }, 'no response within 0.3 seconds'],
  ['a closed connection', { disconnect: true }, 'the connection failed: UND_ERR_SOCKET'],
])('%s is UNAVAILABLE', async (_, failure, error) => {
  vies.failures.push(failure)
  expect(await client.check(FRENCH, SELLER)).toMatchObject({ result: 'UNAVAILABLE', error, ...NOTHING })
})

test('a server that is not there is UNAVAILABLE', async () => {
  const nobody = new Vies('http://127.0.0.1:9', clock, TIMEOUT_MS)
  const { result, error } = await nobody.check(FRENCH, SELLER)
  expect(result).toBe('UNAVAILABLE')
  expect(error).toMatch(/^the connection failed/)
})

test('texts are limited to what can be stored and printed', async () => {
  const address = `  1  Street \r\n\n 75009 PARIS\u0000\u0007 ${'x'.repeat(2000)}`
  vies.failures.push({ body: valid({ name: ` A\u0000B \ud800${'N'.repeat(400)}`, address, requestIdentifier: 'not a number; DROP' }) })
  const answer = await client.check(FRENCH, SELLER)
  expect(answer.name).toMatch(/^A B \ufffdN{200,}$/)
  expect(answer.name).toHaveLength(300)
  expect(answer.address).toMatch(/^1 Street\n75009 PARIS x+$/)
  expect(answer.address).toHaveLength(500)
  expect(answer.consultationNumber).toBeNull()
})

test('in a demo, check digits confirm an id, without a name and a consultation number', async () => {
  expect(await new DemoVatCheck(clock).check(FRENCH, SELLER)).toEqual({
    result: 'VALID',
    requester: SELLER,
    error: null,
    at: new Date(NOW),
    ...NOTHING,
  })
})
