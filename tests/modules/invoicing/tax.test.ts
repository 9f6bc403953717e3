import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer({ environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976' } })
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const setRate = (input: object, who: 'admin' | number = 'admin') =>
  server.ask(
    who,
    'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country customerType basisPoints exemption } } }',
    { input },
  )
const setDetails = (who: number, input: object) =>
  server.ask(who, 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { country locale } } }', {
    input,
  })
const AMOUNTS = `lines { description quantity unitPrice amount { decimal } } subtotal { decimal }
  taxes { category basisPoints net { decimal } tax { decimal } exemption } tax { decimal }`
const preview = (who: number, planId: string, organisationId?: string) =>
  server.ask(
    who,
    `query ($planId: ID!, $organisationId: ID) { invoicePreview(planId: $planId, organisationId: $organisationId) { ${AMOUNTS} total { decimal } } }`,
    {
      planId,
      organisationId,
    },
  )
async function invoiceOf(who: number, planId: string, organisationId?: string) {
  const { data, errors } = await applyPlan(server, { userId: String(who), planId, organisationId })
  if (errors) throw new Error(JSON.stringify(errors))
  const query = `query ($id: ID!) { order(id: $id) { invoice { kind amount { decimal } ${AMOUNTS} } } }`
  return (await server.ask('admin', query, { id: data.applyPlan.order.id })).data.order.invoice
}

beforeEach(async () => {
  await setRate({ country: 'DE', customerType: 'USER', basisPoints: 2000 })
  await setDetails(20, { name: 'Ada', country: 'DE' })
})

test('only administrators can set, list and remove rates', async () => {
  expect((await setRate({ country: 'AT', customerType: 'USER', basisPoints: 2000 })).data.setTaxRate.taxRate).toMatchObject({
    basisPoints: 2000,
  })
  expect(
    (await setRate({ country: 'AT', customerType: 'USER', basisPoints: 0, exemption: 'Small business' })).data.setTaxRate.taxRate,
  ).toMatchObject({
    basisPoints: 0,
    exemption: 'Small business',
  })
  const list = '{ taxRates { country customerType basisPoints exemption } }'
  const { taxRates } = (await server.ask('admin', list)).data
  expect(taxRates.filter(({ country }: { country: string }) => country === 'AT')).toEqual([
    { country: 'AT', customerType: 'USER', basisPoints: 0, exemption: 'Small business' },
  ])
  const remove = 'mutation { removeTaxRate(input: { country: "AT", customerType: USER }) { removed } }'
  expect([(await server.ask('admin', remove)).data, (await server.ask('admin', remove)).data]).toEqual([
    { removeTaxRate: { removed: true } },
    { removeTaxRate: { removed: false } },
  ])
  expect([codeOf(await server.ask(5, list)), codeOf(await server.ask(5, remove))]).toEqual(['FORBIDDEN', 'FORBIDDEN'])
  expect(codeOf(await setRate({ country: 'AT', customerType: 'USER', basisPoints: 2000 }, 5))).toBe('FORBIDDEN')
  const audit = await server.services.db.auditEntry.findMany({ where: { subject: 'tax:AT:USER' }, orderBy: { id: 'asc' } })
  expect(audit.map(({ action }) => action)).toEqual(['setTaxRate', 'setTaxRate', 'removeTaxRate'])
})

test.each([
  [{ country: 'at' }, 'input.country'],
  [{ basisPoints: -1 }, 'input.basisPoints'],
  [{ basisPoints: 10_001 }, 'input.basisPoints'],
  [{ exemption: 'a rate above 0 has no reason' }, 'input.exemption'],
  [{ percentage: '20' }, 'input.percentage'],
  [{ basisPoints: undefined }, 'input.percentage'],
  [{ basisPoints: undefined, percentage: '8.87501' }, 'input.percentage'],
  [{ basisPoints: undefined, percentage: '100.1' }, 'input.percentage'],
  [{ basisPoints: undefined, percentage: '-1' }, 'input.percentage'],
  [{ region: 'x'.repeat(101) }, 'input.region'],
  [{ name: '税' }, 'input.name'],
])('refuses a rate with %j and names %s', async (wrong, field) => {
  const { errors } = await setRate({ country: 'AT', customerType: 'USER', basisPoints: 2000, ...wrong })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
})

test('a day that does not exist is refused', async () => {
  const { errors } = await setRate({ country: 'AT', customerType: 'USER', percentage: '20', validFrom: '2026-02-30' })
  expect(errors?.[0]?.message).toContain('Date must be a day, for example "2026-05-01"')
})

test('rates by region, name and first day of validity are listed as they were set, and removed', async () => {
  const query = `mutation ($input: SetTaxRateInput!) {
    setTaxRate(input: $input) { taxRate { country region customerType name validFrom percentage basisPoints exemption } } }`
  const set = async (input: object) => (await server.ask('admin', query, { input: { country: 'US', customerType: 'USER', ...input } })).data
  const { setTaxRate } = await set({ region: 'NY', name: 'Sales tax', percentage: '8.875', validFrom: '2026-01-01' })
  const rate = { country: 'US', region: 'NY', customerType: 'USER', name: 'Sales tax', exemption: null }
  expect(setTaxRate.taxRate).toEqual({ ...rate, validFrom: '2026-01-01', percentage: '8.875', basisPoints: 888 })
  await set({ region: 'NY', name: 'Sales tax', percentage: '9', validFrom: '2027-01-01' })
  // From today on.
  await set({ percentage: '1' })
  const list = '{ taxRates { country region name validFrom percentage } }'
  const listed = async () =>
    (await server.ask('admin', list)).data.taxRates.flatMap(({ country, region, validFrom, percentage }: Record<string, string>) =>
      country === 'US' ? [[region, validFrom, percentage]] : [],
    )
  expect(await listed()).toEqual([
    [null, '2026-05-01', '1'],
    ['NY', '2027-01-01', '9'],
    ['NY', '2026-01-01', '8.875'],
  ])
  const remove = (input: object) =>
    server.ask('admin', 'mutation ($input: RemoveTaxRateInput!) { removeTaxRate(input: $input) { removed } }', {
      input: { country: 'US', customerType: 'USER', ...input },
    })
  expect((await remove({ region: 'NY' })).data.removeTaxRate.removed).toBe(false)
  expect((await remove({ region: 'NY', name: 'Sales tax', validFrom: '2027-01-01' })).data.removeTaxRate.removed).toBe(true)
  expect((await remove({ region: 'NY', name: 'Sales tax' })).data.removeTaxRate.removed).toBe(true)
  expect(await listed()).toEqual([[null, '2026-05-01', '1']])
  await remove({})
})

test('two taxes apply to one sale, and both are on the preview and the invoice', async () => {
  const canadian = await startServer({
    environment: { INVOICE_ISSUED_FROM_COUNTRY: 'CA', PRICES_INCLUDE_TAX: 'false' },
    database: server.database,
  })
  for (const [name, percentage] of [
    ['GST', '5'],
    ['QST', '9.975'],
  ])
    await setRate({ country: 'CA', region: 'QC', customerType: 'USER', name, percentage, validFrom: '2013-01-01' })
  await setDetails(21, { name: 'Ada', country: 'CA', state: 'QC' })
  const query = `query ($planId: ID!) { invoicePreview(planId: $planId) {
    subtotal { decimal } taxes { category name percentage net { decimal } tax { decimal } } tax { decimal } total { decimal } } }`
  const { data } = await canadian.ask(21, query, { planId: plans.pro })
  const line = { category: 'STANDARD', net: { decimal: '15.00' } }
  expect(data.invoicePreview).toEqual({
    subtotal: { decimal: '15.00' },
    taxes: [
      { ...line, name: 'GST', percentage: '5', tax: { decimal: '0.75' } },
      { ...line, name: 'QST', percentage: '9.975', tax: { decimal: '1.50' } },
    ],
    tax: { decimal: '2.25' },
    total: { decimal: '17.25' },
  })
  await applyPlan(canadian, { userId: '21', planId: plans.pro })
  const invoice = await canadian.services.db.invoice.findFirstOrThrow({ where: { userId: '21' } })
  expect([invoice.subtotal, invoice.tax, invoice.total]).toEqual([1500n, 225n, 1725n])
  await canadian.close()
})

test('a rate applies from its first day of validity on', async () => {
  await setRate({ country: 'DE', customerType: 'USER', percentage: '16', validFrom: '2026-05-02' })
  const rateNow = async () => (await preview(20, plans.pro)).data.invoicePreview.taxes[0].basisPoints
  expect(await rateNow()).toBe(2000)
  server.clock.set('2026-05-02T00:00:00.000Z')
  expect(await rateNow()).toBe(1600)
  server.clock.set('2026-05-01T10:00:00.000Z')
  await setRate({ country: 'DE', customerType: 'USER', percentage: '20', validFrom: '2026-05-02' })
})

test('a renewal that is issued before its period has the rate of the first day of the period', async () => {
  await setDetails(24, { name: 'Ada', country: 'DE' })
  const { data } = await placeOrder(server, 24, { planId: plans.pro })
  await applyPlan(server, { userId: '24', planId: plans.pro, orderId: data.placeOrder.order.id })
  await setRate({ country: 'DE', customerType: 'USER', percentage: '22', validFrom: '2026-06-01' })
  server.clock.set('2026-05-26T10:00:00.000Z')
  const upcoming = '{ upcomingInvoice { taxes { basisPoints } } }'
  expect((await server.ask(24, upcoming)).data.upcomingInvoice.taxes).toEqual([{ basisPoints: 2200 }])
  await server.tick()
  const { snapshot } = await server.services.db.invoice.findFirstOrThrow({ where: { userId: '24' }, orderBy: { id: 'desc' } })
  expect(snapshot).toMatchObject({
    date: '2026-05-25T10:00:00.000Z',
    supplyDate: '2026-06-01T10:00:00.000Z',
    taxes: [{ millionths: 220_000 }],
  })
  const remove = { country: 'DE', customerType: 'USER', validFrom: '2026-06-01' }
  await server.ask('admin', 'mutation ($input: RemoveTaxRateInput!) { removeTaxRate(input: $input) { removed } }', { input: remove })
  server.clock.set('2026-05-01T10:00:00.000Z')
})

test('"gst" is the same tax as "GST"', async () => {
  const set = (name: string, percentage: string) =>
    setRate({ country: 'NZ', customerType: 'USER', name, percentage, validFrom: '2026-01-01' })
  await set('GST', '5')
  expect((await set('gst', '15')).errors).toBeUndefined()
  expect(await server.services.db.taxRate.findMany({ where: { country: 'NZ' } })).toMatchObject([{ name: 'GST', millionths: 150_000 }])
})

test('at most 1,000 rates are stored', async () => {
  const rates = Array.from({ length: 1000 }, (_, index) => {
    const tax = {
      country: 'US',
      region: `${index}`.padStart(3, '0'),
      customerType: 'USER' as const,
      name: '',
      validFrom: new Date('2026-01-01'),
    }
    return { ...tax, millionths: 80_000, exemption: null, updatedAt: new Date() }
  })
  await server.services.db.taxRate.createMany({ data: rates })
  const { errors } = await setRate({ country: 'US', region: 'ONE', customerType: 'USER', percentage: '8' })
  expect(errors?.[0]?.message).toBe('input: there are already 1000 rates; remove some that are no longer needed')
  await server.services.db.taxRate.deleteMany({ where: { country: 'US' } })
})

test('the preview equals the invoice when prices include tax', async () => {
  const { data } = await preview(20, plans.pro)
  expect(data.invoicePreview).toEqual({
    lines: [{ description: 'Pro, 1 month', quantity: 1, unitPrice: '12.50', amount: { decimal: '12.50' } }],
    subtotal: { decimal: '12.50' },
    taxes: [{ category: 'STANDARD', basisPoints: 2000, net: { decimal: '12.50' }, tax: { decimal: '2.50' }, exemption: null }],
    tax: { decimal: '2.50' },
    total: { decimal: '15.00' },
  })
  const { total, ...rest } = data.invoicePreview
  expect(await invoiceOf(20, plans.pro)).toEqual({ kind: 'INVOICE', ...rest, amount: total })
})

test('tax is added to prices that do not include it', async () => {
  const exclusive = await startServer({
    environment: { PRICES_INCLUDE_TAX: 'false', INVOICE_ISSUED_FROM_COUNTRY: 'DE' },
    database: server.database,
  })
  const query = 'query ($planId: ID!) { invoicePreview(planId: $planId) { subtotal { decimal } tax { decimal } total { decimal } } }'
  const { data } = await exclusive.ask(20, query, { planId: plans.pro })
  expect(data.invoicePreview).toEqual({ subtotal: { decimal: '15.00' }, tax: { decimal: '3.00' }, total: { decimal: '18.00' } })
  await exclusive.close()
})

test('reverse charge applies to an organisation in another member state', async () => {
  await createOrganisation(server, 70, { 71: 'OWNER' })
  await setDetails(71, { organisationId: '70', name: 'Engines SARL', country: 'FR', taxId: 'FR83404833048' })
  // Until the VAT id is confirmed, tax is charged.
  expect((await preview(71, plans.pro, '70')).data.invoicePreview.taxes).toMatchObject([{ category: 'STANDARD', basisPoints: 1900 }])
  await server.settle()
  const invoice = await invoiceOf(71, plans.pro, '70')
  expect(invoice.taxes).toEqual([
    { category: 'REVERSE_CHARGE', basisPoints: 0, net: { decimal: '15.00' }, tax: { decimal: '0.00' }, exemption: null },
  ])
  const { snapshot } = await server.services.db.invoice.findFirstOrThrow({ where: { organisationId: '70' } })
  expect(snapshot).toMatchObject({
    vatIdCheck: { vatId: 'FR83404833048', method: 'VIES', at: '2026-05-01T10:00:00.000Z', name: null, consultationNumber: null },
  })
})

test.each([
  ['DE', 'DE123456789'],
  ['AT', 'ATU12345678'],
  ['GR', 'EL123456789'],
  ['NL', 'NL000000000B00'],
])('%s: refuses billing details with the invalid VAT id %s and stores nothing', async (country, taxId) => {
  await setDetails(81, { name: 'Before', country: 'FR' })
  const { errors } = await setDetails(81, { name: 'After', country, taxId })
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'input.taxId' } })
  expect(errors?.[0]?.message).toMatch(/^input\.taxId: is not a valid VAT id with the prefix (DE|AT|EL|NL): its check digits are wrong/)
  const stored = await server.services.db.billingDetails.findUniqueOrThrow({ where: { userId: '81' } })
  expect(stored).toMatchObject({ name: 'Before', country: 'FR', taxId: null })
})

test('tax ids from outside the European Union and national ones are stored unchanged', async () => {
  for (const [country, taxId] of [
    ['US', '12-3456789'],
    ['CH', 'CHE-123.456.788 MWST'],
    ['DE', '12/345/67890'],
  ]) {
    expect((await setDetails(82, { name: 'Ada', country, taxId })).errors).toBeUndefined()
    expect(await server.services.db.billingDetails.findUnique({ where: { userId: '82' } })).toMatchObject({ country, taxId })
  }
})

test('a buyer with an invalid stored VAT id is charged tax', async () => {
  await setDetails(83, { name: 'Ada', country: 'FR' })
  await server.services.db.billingDetails.update({ where: { userId: '83' }, data: { taxId: 'FR12345678901' } })
  const { data } = await preview(83, plans.pro)
  expect(data.invoicePreview.taxes[0]).toMatchObject({ category: 'STANDARD' })
})

test('a changed rate does not affect issued invoices', async () => {
  await setDetails(22, { name: 'Ada', country: 'DE' })
  const before = await invoiceOf(22, plans.starter)
  await setRate({ country: 'DE', customerType: 'USER', basisPoints: 500 })
  const { data } = await server.ask(22, `{ invoices { nodes { kind amount { decimal } ${AMOUNTS} } } }`)
  expect(data.invoices.nodes).toEqual([before])
  await setRate({ country: 'DE', customerType: 'USER', basisPoints: 2000 })
})

test('a preview requires a plan and an organisation that the user may order for', async () => {
  expect(codeOf(await preview(20, '999'))).toBe('PLAN_NOT_FOUND')
  expect((await preview(20, plans.enterprise)).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'planId' })
  expect(codeOf(await preview(20, plans.pro, '70'))).toBe('ORGANISATION_NOT_FOUND')
})

test('refuses text with missing glyphs, names the field and changes nothing', async () => {
  await setDetails(30, { name: 'Before' })
  const wrong: [string, object][] = [
    ['input.name', { name: '東京' }],
    ['input.name', { name: 'Party 🎉' }],
    ['input.address', { name: 'A', address: '1 Street\n渋谷' }],
    ['input.taxId', { name: 'A', taxId: '税1' }],
    ['input.locale', { name: 'A', locale: 'not a locale' }],
    ['input.country', { name: 'A', country: 'de' }],
  ]
  for (const [field, input] of wrong) {
    const { errors } = await setDetails(30, input)
    expect(errors?.[0]?.extensions, JSON.stringify(input)).toMatchObject({ code: 'BAD_USER_INPUT', field })
  }
  const details = await server.services.db.billingDetails.findUniqueOrThrow({ where: { userId: '30' } })
  expect(details.name).toBe('Before')
  const plan = await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: { slug: 'tokyo', name: '東京', type: 'PAID', price: { minorUnits: 1, currency: 'USD' } },
  })
  expect(plan.errors?.[0]?.extensions).toMatchObject({ field: 'input.name' })
})

test('stores text in NFC and locales in canonical form', async () => {
  await setDetails(31, { name: 'Zoe\u0308', locale: 'de-at' })
  const details = await server.services.db.billingDetails.findUniqueOrThrow({ where: { userId: '31' } })
  expect([details.name, details.locale]).toEqual(['Zoë', 'de-AT'])
})

test('a name from the panel with missing glyphs is replaced by the e-mail address', async () => {
  await server.services.db.user.create({ data: { id: '40', name: '山田', email: 'yamada@example.com' } })
  await invoiceOf(40, plans.starter)
  const { snapshot } = await server.services.db.invoice.findFirstOrThrow({ where: { userId: '40' } })
  expect(snapshot).toMatchObject({ buyer: { name: 'yamada@example.com' } })
})

test('the number of statements for a page of invoices does not depend on the number of invoices', async () => {
  const query = (first: number) =>
    server.ask(50, `{ invoices(first: ${first}) { nodes { ${AMOUNTS} order { id } creditNotes { number reason } pdfUrl } } }`)
  await server.ask(50, '{ me { id } }')
  for (const plan of [plans.pro, plans.starter, plans.pro]) await invoiceOf(50, plan)
  // The newest invoice has no credit note; the plans of the others were replaced.
  const few = await countStatements(() => query(2))
  const many = await countStatements(() => query(10))
  expect(many).toEqual(few)
  expect((await query(10)).data.invoices.nodes.length).toBeGreaterThan(2)
})
