import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findVatIdCheck } from '../../../src/modules/vat-checks/index.js'
import { createOrganisation } from '../../support/catalog.js'
import { countOpenTransactions } from '../../support/open-transactions.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { FakeVies, GERMAN_SELLER, readVatIdCheck, setBillingDetails, startServerWithVies } from '../../support/vies.js'

const FRENCH = 'FR83404833048'
const AUSTRIAN = 'ATU13585627'
const NOW = '2026-05-01T10:00:00.000Z'

let vies: FakeVies
let server: TestServer
const others: TestServer[] = []

beforeEach(async () => {
  vies = await new FakeVies().start()
  vies.registered.set(FRENCH, { name: 'SA ENGINES', address: '8 RUE DE LONDRES\n75009 PARIS' })
  vies.registered.set(AUSTRIAN, {})
  server = await startServerWithVies(vies)
})
afterEach(async () => {
  for (const other of others.splice(0)) await other.close()
  await server.close()
  await vies.close()
})

const setId = (taxId: string | null, input: object = {}, who = 5) => setBillingDetails(server, who, { taxId, ...input })
const readCheck = (who = 5) => readVatIdCheck(server, who)
const findCheck = (vatId: string, userId = '5') => findVatIdCheck(server.services.db, { userId, organisationId: null }, vatId)
const storedResults = async () => (await server.services.db.vatCheck.findMany({ orderBy: { id: 'asc' } })).map(({ result }) => result)
const runCheck = (userId = '5') => server.runTask('checkVatId', { userId, organisationId: null })

/** Moves the clock and does what is due. */
async function tickAt(now: string): Promise<void> {
  server.clock.set(now)
  await server.tick()
  await server.settle()
}

describe('a new VAT id', () => {
  test('is pending until VIES has confirmed it, with a consultation number', async () => {
    const { vatIdCheck } = await setId('fr 83.404.833.048')
    expect(vatIdCheck).toEqual({
      status: 'PENDING',
      vatId: FRENCH,
      name: null,
      address: null,
      consultationNumber: null,
      unavailableReason: null,
      checkedAt: null,
      nextCheckAt: NOW,
    })
    expect(await findCheck(FRENCH)).toBeNull()
    await server.settle()
    expect(await readCheck()).toEqual({
      status: 'VALID',
      vatId: FRENCH,
      name: 'SA ENGINES',
      address: '8 RUE DE LONDRES\n75009 PARIS',
      consultationNumber: 'WAPIAAAAZ0000001',
      unavailableReason: null,
      checkedAt: NOW,
      nextCheckAt: '2026-05-31T10:00:00.000Z',
    })
    expect(await findCheck(FRENCH)).toMatchObject({
      result: 'VALID',
      vatId: FRENCH,
      consultationNumber: 'WAPIAAAAZ0000001',
      requesterVatId: 'DE136695976',
      checkedAt: new Date(NOW),
    })
    expect(vies.requests).toEqual([
      { countryCode: 'FR', vatNumber: '83404833048', requesterMemberStateCode: 'DE', requesterNumber: '136695976' },
    ])
  })

  test('of an organisation is checked for the organisation, not for the user who has set it', async () => {
    await createOrganisation(server, 70, { 71: 'OWNER' })
    await setId(FRENCH, { organisationId: '70' }, 71)
    await server.settle()
    expect(await readVatIdCheck(server, 71, '70')).toMatchObject({ status: 'VALID', vatId: FRENCH })
    const { db } = server.services
    expect(await findVatIdCheck(db, { userId: '71', organisationId: '70' }, FRENCH)).toMatchObject({
      result: 'VALID',
      organisationId: '70',
    })
    expect(await findCheck(FRENCH, '71')).toBeNull()
  })

  test('is invalid if VIES does not know it, and stays so for 30 days', async () => {
    vies.registered.clear()
    await setId(FRENCH)
    await server.settle()
    expect(await readCheck()).toMatchObject({ status: 'INVALID', name: null, consultationNumber: null, checkedAt: NOW })
    await tickAt('2026-05-31T09:59:59.999Z')
    expect(vies.requests).toHaveLength(1)
    vies.registered.set(FRENCH, {})
    await tickAt('2026-05-31T10:00:00.000Z')
    expect(await readCheck()).toMatchObject({ status: 'VALID', checkedAt: '2026-05-31T10:00:00.000Z' })
    expect(await storedResults()).toEqual(['INVALID', 'VALID'])
  })

  test('is requested again when it is changed, and confirmed for exactly that id', async () => {
    await setId(FRENCH)
    await server.settle()
    expect((await setId(AUSTRIAN)).vatIdCheck).toMatchObject({ status: 'PENDING', vatId: AUSTRIAN })
    expect(await findCheck(AUSTRIAN)).toBeNull()
    await server.settle()
    expect(await readCheck()).toMatchObject({ status: 'VALID', vatId: AUSTRIAN })
    expect(vies.requestedIds).toEqual([FRENCH, AUSTRIAN])
    expect((await setId(null)).vatIdCheck).toBeNull()
    await tickAt('2026-07-01T10:00:00.000Z')
    expect(vies.requests).toHaveLength(2)
  })

  test('is not requested again when other details change, or only its notation', async () => {
    await setId(FRENCH)
    await server.settle()
    const { vatIdCheck } = await setId('FR 83 404 833 048', { name: 'Other name' })
    expect(vatIdCheck).toMatchObject({ status: 'VALID', consultationNumber: 'WAPIAAAAZ0000001' })
    await server.settle()
    expect(vies.requests).toHaveLength(1)
  })

  test('that the customer had before is confirmed by its valid check of less than 30 days', async () => {
    await setId(FRENCH)
    await server.settle()
    await setId(AUSTRIAN)
    await server.settle()
    server.clock.set('2026-05-20T10:00:00.000Z')
    await setId(FRENCH)
    await server.settle()
    expect(vies.requestedIds).toEqual([FRENCH, AUSTRIAN])
    expect(await readCheck()).toMatchObject({ status: 'VALID', checkedAt: NOW, nextCheckAt: '2026-05-31T10:00:00.000Z' })
    // After 30 days it is requested.
    await setId(AUSTRIAN)
    server.clock.set('2026-06-30T10:00:00.000Z')
    await setId(FRENCH)
    await server.settle()
    expect(vies.requestedIds).toEqual([FRENCH, AUSTRIAN, FRENCH])
  })

  test('is not checked if the billing details are refused', async () => {
    const input = { organisationId: '999', name: 'Engines', country: 'FR', taxId: FRENCH }
    const mutation = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { name } } }'
    expect(codeOf(await server.ask(5, mutation, { input }))).toBe('ORGANISATION_NOT_FOUND')
    await tickAt('2026-05-01T10:01:00.000Z')
    expect(vies.requests).toEqual([])
  })

  test.each([
    ['DE', '12/345/67890'],
    ['US', '12-3456789'],
    ['CH', 'CHE-123.456.788 MWST'],
    // The check digits are wrong, which is not checked for customers outside the Union.
    ['US', 'DE123456789'],
  ])('%s %s is not the VAT id of a member state', async (country, taxId) => {
    expect((await setId(taxId, { country })).vatIdCheck).toBeNull()
    await tickAt('2026-05-01T10:01:00.000Z')
    expect(await readCheck()).toBeNull()
    expect(vies.requests).toEqual([])
    expect(await server.services.db.vatId.count()).toBe(0)
  })
})

describe('without an answer', () => {
  test('the check is repeated after 5 minutes, 15 minutes and every hour, and stored once', async () => {
    vies.failures.push(...Array.from({ length: 6 }, () => ({ error: 'MS_UNAVAILABLE' })))
    await setId(FRENCH)
    await server.settle()
    expect(await readCheck()).toMatchObject({
      status: 'UNAVAILABLE',
      unavailableReason: 'MS_UNAVAILABLE',
      consultationNumber: null,
      checkedAt: NOW,
      nextCheckAt: '2026-05-01T10:05:00.000Z',
    })
    for (const [time, requests] of [
      ['10:04', 1],
      ['10:05', 2],
      ['10:19', 2],
      ['10:20', 3],
      ['11:19', 3],
      ['11:20', 4],
      ['12:20', 5],
      ['13:20', 6],
    ] as const) {
      await tickAt(`2026-05-01T${time}:00.000Z`)
      expect(vies.requests, time).toHaveLength(requests)
    }
    expect(await storedResults()).toEqual(['UNAVAILABLE'])
    await tickAt('2026-05-01T14:20:00.000Z')
    expect(await readCheck()).toMatchObject({ status: 'VALID', unavailableReason: null, checkedAt: '2026-05-01T14:20:00.000Z' })
    expect(await storedResults()).toEqual(['UNAVAILABLE', 'VALID'])
  })

  test('a malformed response is logged without the id, and repeated', async () => {
    vies.failures.push({ body: '{"valid": tru' })
    await setId(FRENCH)
    await server.settle()
    expect(await readCheck()).toMatchObject({ status: 'UNAVAILABLE', unavailableReason: 'the response is not valid JSON' })
    const line = server.logged.find((each) => each.includes('could not be checked'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ memberState: 'FR', reason: 'the response is not valid JSON' })
    expect(server.logged.join()).not.toContain('83404833048')
    await tickAt('2026-05-01T10:05:00.000Z')
    expect(await readCheck()).toMatchObject({ status: 'VALID' })
  })
})

describe('after 30 days', () => {
  const DUE = '2026-05-31T10:00:00.000Z'

  test('the check is repeated, with a consultation number of its own', async () => {
    await setId(FRENCH)
    await server.settle()
    await tickAt('2026-05-31T09:59:00.000Z')
    expect(vies.requests).toHaveLength(1)
    await tickAt(DUE)
    expect(await readCheck()).toMatchObject({
      status: 'VALID',
      consultationNumber: 'WAPIAAAAZ0000002',
      checkedAt: DUE,
      nextCheckAt: '2026-06-30T10:00:00.000Z',
    })
    expect(await storedResults()).toEqual(['VALID', 'VALID'])
  })

  test('an id that is no longer registered is invalid', async () => {
    await setId(FRENCH)
    await server.settle()
    vies.registered.delete(FRENCH)
    await tickAt(DUE)
    expect(await findCheck(FRENCH)).toMatchObject({ result: 'INVALID' })
  })

  test('a short failure changes nothing, a third one in a row withdraws the confirmation', async () => {
    await setId(FRENCH)
    await server.settle()
    vies.failures.push({ error: 'MS_MAX_CONCURRENT_REQ' }, { error: 'MS_MAX_CONCURRENT_REQ' }, { error: 'MS_UNAVAILABLE' })
    await tickAt(DUE)
    await tickAt('2026-05-31T10:05:00.000Z')
    expect(await findCheck(FRENCH)).toMatchObject({ result: 'VALID', checkedAt: new Date(NOW) })
    expect(await readCheck()).toMatchObject({ status: 'VALID', unavailableReason: null, nextCheckAt: '2026-05-31T10:20:00.000Z' })
    await tickAt('2026-05-31T10:20:00.000Z')
    expect(await findCheck(FRENCH)).toMatchObject({ result: 'UNAVAILABLE', error: 'MS_UNAVAILABLE' })
    await tickAt('2026-05-31T11:20:00.000Z')
    expect(await findCheck(FRENCH)).toMatchObject({ result: 'VALID' })
    expect(await storedResults()).toEqual(['VALID', 'UNAVAILABLE', 'VALID'])
  })
})

describe('while VIES responds', () => {
  test('no transaction is open', async () => {
    await setId(FRENCH)
    const held = vies.hold()
    const running = server.settle()
    await held.arrived
    // The job worker is between two statements.
    expect(await countOpenTransactions(server)).toBe(0)
    held.release()
    await running
    expect(await readCheck()).toMatchObject({ status: 'VALID' })
  })

  test('a changed VAT id is not confirmed by the answer for the one before', async () => {
    vies.registered.delete(AUSTRIAN)
    await setId(FRENCH)
    const held = vies.hold()
    const running = runCheck()
    await held.arrived
    await setId(AUSTRIAN)
    held.release()
    await running
    expect(await server.services.db.vatCheck.count()).toBe(0)
    expect(await readCheck()).toMatchObject({ status: 'PENDING', vatId: AUSTRIAN })
    await server.settle()
    expect(await readCheck()).toMatchObject({ status: 'INVALID', vatId: AUSTRIAN })
    expect(await findCheck(FRENCH)).toBeNull()
  })

  test('an id that is removed and entered again is requested again', async () => {
    await setId(FRENCH)
    const held = vies.hold()
    const running = runCheck()
    await held.arrived
    await setId(null)
    await setId(FRENCH)
    held.release()
    await running
    expect(await readCheck()).toMatchObject({ status: 'PENDING' })
    await server.settle()
    expect(await readCheck()).toMatchObject({ status: 'VALID' })
    expect(vies.requests).toHaveLength(2)
  })

  test('a second run for the same customer stores nothing more', async () => {
    await setId(FRENCH)
    const [first, second] = [vies.hold(), vies.hold()]
    const running = [runCheck(), runCheck()]
    await Promise.all([first.arrived, second.arrived])
    first.release()
    second.release()
    await Promise.all(running)
    expect(await storedResults()).toEqual(['VALID'])
    expect(await readCheck()).toMatchObject({ status: 'VALID', nextCheckAt: '2026-05-31T10:00:00.000Z' })
  })

  test('two processes together send one request at a time', async () => {
    const other = await startServer({ environment: { ...GERMAN_SELLER, VIES_URL: vies.url }, database: server.database })
    others.push(other)
    for (let user = 30; user < 38; user += 1) await setId(FRENCH, {}, user)
    const held = vies.hold()
    const running = [server.settle(), other.settle()]
    await held.arrived
    // The other process finds no job that it may run.
    await other.runJobs()
    expect(vies.requests).toHaveLength(1)
    held.release()
    await Promise.all(running)
    await server.settle()
    expect(vies.requests).toHaveLength(8)
    expect(vies.maxOpen).toBe(1)
    expect(await server.services.db.vatId.count({ where: { status: 'VALID' } })).toBe(8)
  })
})

describe('which customers are checked', () => {
  test('existing ones are found without a change of their details, in batches', async () => {
    const users = Array.from({ length: 70 }, (_, index) => String(1000 + index))
    await server.services.db.user.createMany({ data: users.map((id) => ({ id })) })
    const details = { name: 'Engines', country: 'FR', taxId: FRENCH, updatedAt: new Date('2026-01-01T00:00:00.000Z') }
    await server.services.db.billingDetails.createMany({ data: users.map((userId) => ({ userId, ...details })) })
    await server.owner.query('SELECT follow_vat_id(billing_details) FROM billing_details')
    await server.tick()
    await server.settle()
    expect(vies.requests).toHaveLength(60)
    await server.tick()
    await server.tick()
    await server.settle()
    expect(vies.requests).toHaveLength(70)
    expect(await server.services.db.vatId.count({ where: { status: 'VALID' } })).toBe(70)
  })

  test('one who has just entered an id precedes those', async () => {
    const details = { name: 'Engines', country: 'AT', taxId: AUSTRIAN, updatedAt: new Date(NOW) }
    const users = ['1000', '1001', '1002']
    await server.services.db.user.createMany({ data: users.map((id) => ({ id })) })
    await server.services.db.billingDetails.createMany({ data: users.map((userId) => ({ userId, ...details })) })
    await server.owner.query('SELECT follow_vat_id(billing_details) FROM billing_details')
    await server.tick()
    await setId(FRENCH)
    await server.settle()
    expect(vies.requestedIds).toEqual([FRENCH, AUSTRIAN, AUSTRIAN, AUSTRIAN])
  })

  test.each(['GB', 'CH', 'US', ''])('none if the country of the seller is "%s"', async (country) => {
    const other = await startServerWithVies(vies, { INVOICE_ISSUED_FROM_COUNTRY: country, INVOICE_ISSUED_FROM_TAX_ID: '' })
    others.push(other)
    const { vatIdCheck } = await setBillingDetails(other, 5, { taxId: FRENCH })
    expect(vatIdCheck).toBeNull()
    const { rows } = await other.connections.pool.query("SELECT count(*)::int AS count FROM _private_jobs WHERE key LIKE 'checkVatId%'")
    expect(rows[0].count).toBe(0)
    await other.tick()
    await other.settle()
    await other.runTask('checkVatId', { userId: '5', organisationId: null })
    expect(vies.requests).toEqual([])
    expect(await readVatIdCheck(other, 5)).toBeNull()
    expect((await other.ask('admin', '{ vatIdChecks { totalCount nodes { vatId } } }')).data.vatIdChecks).toEqual({
      totalCount: 0,
      nodes: [],
    })
  })

  test('without a VAT id, the seller is not named as the requester', async () => {
    const other = await startServerWithVies(vies, { INVOICE_ISSUED_FROM_TAX_ID: '12/345/67890' })
    others.push(other)
    await setBillingDetails(other, 5, { taxId: FRENCH })
    await other.settle()
    expect(vies.requests).toEqual([{ countryCode: 'FR', vatNumber: '83404833048' }])
    expect(await readVatIdCheck(other, 5)).toMatchObject({ status: 'VALID', consultationNumber: null })
  })

  test('a seller that VIES refuses still gets results, and the log says why they have no consultation number', async () => {
    vies.refusedRequesters.add('DE136695976')
    await setId(FRENCH)
    await server.settle()
    expect(await readCheck()).toMatchObject({ status: 'VALID', consultationNumber: null })
    expect(await findCheck(FRENCH)).toMatchObject({ requesterVatId: null })
    expect(server.logged.join()).toContain('VIES refuses the VAT id of the seller')
  })
})

test('in demo mode without VIES_URL, an id is confirmed without a network', async () => {
  const other = await startServer({ environment: GERMAN_SELLER })
  others.push(other)
  expect(other.config.invoices.viesUrl).toBeUndefined()
  await setBillingDetails(other, 5, { taxId: FRENCH })
  await other.settle()
  expect(await readVatIdCheck(other, 5)).toMatchObject({ status: 'VALID', name: null, consultationNumber: null })
})
