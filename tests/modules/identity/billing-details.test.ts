import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { INVOICE_DETAILS, readBillingDetails, setBillingDetails } from '../../support/billing-details.js'
import { createOrganisation } from '../../support/catalog.js'
import { dataOf } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const set = async (who: number, input: object) =>
  (await dataOf(setBillingDetails(server, who, { name: 'Ada', ...input }))).setBillingDetails.billingDetails
const problemOf = async (input: object) => {
  const { errors } = await setBillingDetails(server, 1, { name: 'Ada', ...input })
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  return [errors?.[0]?.extensions.field, errors?.[0]?.message]
}

describe('the details that invoices carry', () => {
  test('are stored and returned, and cleared when they are omitted', async () => {
    expect(await set(11, { country: 'DE', ...INVOICE_DETAILS })).toMatchObject(INVOICE_DETAILS)
    expect((await dataOf(readBillingDetails(server, 11))).billingDetails).toMatchObject(INVOICE_DETAILS)
    // The input is complete: what it lacks is removed.
    const none = Object.fromEntries(Object.keys(INVOICE_DETAILS).map((name) => [name, null]))
    expect(await set(11, { country: 'DE' })).toMatchObject(none)
    expect((await dataOf(readBillingDetails(server, 11))).billingDetails).toMatchObject(none)
  })

  test('of a French customer contain the SIREN or SIRET without spaces', async () => {
    expect(await set(12, { country: 'FR', registrationId: '732 829 320' })).toMatchObject({ registrationId: '732829320' })
    expect(await set(12, { country: 'FR', registrationId: '732 829 320 00074' })).toMatchObject({ registrationId: '73282932000074' })
  })

  test('are not checked by the rules of other countries', async () => {
    expect(await set(13, { country: 'GB', registrationId: '00445790', reference: '04011000-1234512345-07' })).toMatchObject({
      registrationId: '00445790',
      reference: '04011000-1234512345-07',
    })
    expect(await set(13, { country: 'DE', reference: 'KST 4711' })).toMatchObject({ reference: 'KST 4711' })
  })

  test('are visible to the owners and admins of an organisation only', async () => {
    await createOrganisation(server, 90, { 91: 'OWNER', 92: 'ADMIN', 93: 'MEMBER' })
    for (const who of [94, 95]) await server.ask(who, '{ me { id } }')
    expect(await set(91, { organisationId: '90', ...INVOICE_DETAILS })).toMatchObject(INVOICE_DETAILS)
    expect((await dataOf(readBillingDetails(server, 92, '90'))).billingDetails).toMatchObject(INVOICE_DETAILS)
    for (const who of [93, 94]) {
      expect(codeOf(await readBillingDetails(server, who, '90'))).toBe('ORGANISATION_NOT_FOUND')
      expect(codeOf(await setBillingDetails(server, who, { organisationId: '90', name: 'Eve' }))).toBe('ORGANISATION_NOT_FOUND')
    }
    // A member reads the organisation without its details.
    const query = '{ organisations: nodes(ids: ["org_90"]) { ... on Organisation { name billingDetails { reference } } } }'
    const organisations = async (who: number) => (await dataOf(server.ask(who, query))).organisations
    expect(await organisations(92)).toEqual([{ name: expect.any(String), billingDetails: { reference: INVOICE_DETAILS.reference } }])
    expect(await organisations(93)).toEqual([{ name: expect.any(String), billingDetails: null }])
    expect(await organisations(94)).toEqual([null])
    // The details of the organisation are not those of its owner.
    expect((await dataOf(readBillingDetails(server, 91))).billingDetails).toBeNull()
    expect((await dataOf(readBillingDetails(server, 91, '90'))).billingDetails).toMatchObject({ name: 'Ada', ...INVOICE_DETAILS })
  })
})

describe('billing details are refused', () => {
  test.each([
    ['registrationId', { country: 'FR', registrationId: '732829321' }, /must be a SIREN \(9 digits\) or a SIRET \(14 digits\)/],
    ['registrationId', { registrationId: 'x'.repeat(51) }, /at most 50 characters/],
    ['registrationId', { registrationId: 'hieroglyph \u{13000}' }, /cannot be printed/],
    ['reference', { country: 'DE', reference: '04011000-1234512345-07' }, /looks like a Leitweg-ID, but its check digits are wrong/],
    ['reference', { reference: 'two\nlines' }, /single line/],
    ['reference', { reference: 'hieroglyph \u{13000}' }, /cannot be printed/],
    ['purchaseOrder', { purchaseOrder: 'x'.repeat(101) }, /at most 100 characters/],
    ['purchaseOrder', { purchaseOrder: 'hieroglyph \u{13000}' }, /cannot be printed/],
    ['electronicAddress', { electronicAddress: '04011000-1234512345-06' }, /must be a code of the EAS list, a colon and the address/],
    ['electronicAddress', { electronicAddress: 'EM:not a mail address' }, /must be a code of the EAS list/],
  ])('for the %s: %o', async (field, input, message) => {
    const [path, text] = await problemOf(input)
    expect(path).toBe(`input.${field}`)
    expect(text).toMatch(message)
  })

  test('for a format that does not exist', async () => {
    expect(codeOf(await setBillingDetails(server, 11, { name: 'Ada', invoiceFormat: 'UBL' }))).toBe('BAD_USER_INPUT')
  })
})
