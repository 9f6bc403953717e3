import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataOf } from '../../../support/payments.js'
import { METHODS, setPaymentMethods } from '../../../support/reported-payments.js'
import { codeOf } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

const QUERY = '{ paymentMethods { slug name instructions iban bic } }'
let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const read = async (who?: number) => (await dataOf(server.ask(who, QUERY))).paymentMethods
const fieldOf = async (method: object) => {
  const { errors } = await setPaymentMethods(server, [{ ...METHODS[0], ...method }])
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  return errors?.[0]?.extensions.field
}

test('there are none until an administrator sets them', async () => {
  expect(await read()).toEqual([])
})

test('are public, in the order of the administrator, with their placeholders', async () => {
  expect((await dataOf(setPaymentMethods(server, METHODS))).setPaymentMethods.methods).toEqual(METHODS)
  expect(await read()).toEqual(METHODS)
  expect(await read(5)).toEqual(METHODS)
})

test('replace all previous ones, with every detail in the audit log', async () => {
  const [transfer, cash] = METHODS
  await dataOf(setPaymentMethods(server, [cash as object, { ...transfer, iban: 'gb29 nwbk 6016 1331 9268 19', bic: ' deutdeff ' }]))
  const stored = [cash, { ...transfer, iban: 'GB29NWBK60161331926819', bic: 'DEUTDEFF' }]
  expect(await read()).toEqual(stored)
  const entry = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'setPaymentMethods' }, orderBy: { id: 'desc' } })
  expect(entry).toMatchObject({ actor: 'user:1', subject: 'payment.methods' })
  expect(JSON.parse((entry.details as { methods: string }).methods)).toEqual(stored)
  await dataOf(setPaymentMethods(server, []))
  expect(await read()).toEqual([])
})

test('only administrators set them', async () => {
  expect(codeOf(await setPaymentMethods(server, METHODS, 5))).toBe('FORBIDDEN')
  expect(await read()).toEqual([])
})

describe('a payment method is refused', () => {
  test.each([
    ['slug', { slug: 'Bank transfer' }],
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'two\nlines' }],
    ['name', { name: 'hieroglyph \u{13000}' }],
    ['instructions', { instructions: 'x'.repeat(1001) }],
    ['instructions', { instructions: 'hieroglyph \u{13000}' }],
    ['iban', { iban: 'DE88370400440532013000' }],
    ['iban', { iban: 'DE89' }],
    ['iban', { iban: ' '.repeat(60) }],
    ['bic', { bic: 'COBADEFFXX' }],
  ])('for its %s: %o', async (field, method) => expect(await fieldOf(method)).toBe(`input.methods.0.${field}`))

  test('if another one has its slug, and if there are more than ten', async () => {
    const [error] = (await setPaymentMethods(server, [METHODS[0] as object, METHODS[0] as object])).errors ?? []
    expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.methods.1.slug' })
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ slug: `method-${index}`, name: 'Method' }))
    expect(codeOf(await setPaymentMethods(server, many(11)))).toBe('BAD_USER_INPUT')
    expect(codeOf(await setPaymentMethods(server, many(10)))).toBe('none')
    await dataOf(setPaymentMethods(server, []))
  })
})
