import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganisation } from '../../support/catalog.js'
import { codeOf } from '../../support/requests.js'
import type { Answer, TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'
import { FakeVies, setBillingDetails, startServerWithVies } from '../../support/vies.js'

const FRENCH = 'FR83404833048'
const AUSTRIAN = 'ATU13585627'
const ITALIAN = 'IT00743110157'
const SPANISH = 'ESA28015865'

let vies: FakeVies
let server: TestServer

/** Users 11 to 16, and organisation 70 of user 71. Each status begins a minute after the one before. */
beforeAll(async () => {
  vies = await new FakeVies().start()
  vies.registered.set(FRENCH, { name: 'SA ENGINES' })
  server = await startServerWithVies(vies)
  await createOrganisation(server, 70, { 71: 'OWNER', 72: 'MEMBER' })
  const minute = (n: number) => server.clock.set(`2026-05-01T10:0${n}:00.000Z`)
  const check = async (who: number, input: object) => {
    await setBillingDetails(server, who, input)
    await server.settle()
  }
  minute(1)
  await check(11, { taxId: FRENCH })
  minute(2)
  await check(12, { taxId: AUSTRIAN })
  minute(3)
  vies.failures.push({ error: 'MS_UNAVAILABLE' })
  await check(13, { taxId: ITALIAN })
  minute(4)
  await check(71, { taxId: FRENCH, organisationId: '70' })
  minute(5)
  await check(14, { taxId: AUSTRIAN })
  minute(6)
  await setBillingDetails(server, 15, { taxId: SPANISH })
  await setBillingDetails(server, 16, { taxId: '12/345/67890' })
})
afterAll(async () => {
  await server.close()
  await vies.close()
})

const FIELDS = 'status vatId customer { __typename ... on User { id } ... on Organisation { id } }'
const list = (who: number | 'admin' | undefined, page: string): Promise<Answer> =>
  server.ask(who, `{ vatIdChecks(${page}) { totalCount nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`)
const idsOf = ({ data, errors }: Answer) => {
  expect(errors).toBeUndefined()
  return data.vatIdChecks.nodes.map(({ status, customer }: any) => `${status} ${customer.id}`)
}
const checkNow = (who: number | 'admin', input: object) =>
  server.ask(
    who,
    'mutation ($input: CheckVatIdInput!) { checkVatId(input: $input) { vatIdCheck { status vatId nextCheckAt customer { __typename } } } }',
    { input },
  )

describe('vatIdChecks', () => {
  const ALL = ['PENDING user_15', 'INVALID user_14', 'VALID org_70', 'UNAVAILABLE user_13', 'INVALID user_12', 'VALID user_11']

  test('lists all VAT ids, the latest change of a status first', async () => {
    const answer = await list('admin', 'first: 10')
    expect(idsOf(answer)).toEqual(ALL)
    expect(answer.data.vatIdChecks.totalCount).toBe(6)
    expect(answer.data.vatIdChecks.nodes[2]).toEqual({
      status: 'VALID',
      vatId: FRENCH,
      customer: { __typename: 'Organisation', id: 'org_70' },
    })
  })

  test.each([
    ['[INVALID, UNAVAILABLE, PENDING]', ['PENDING user_15', 'INVALID user_14', 'UNAVAILABLE user_13', 'INVALID user_12']],
    ['[VALID]', ['VALID org_70', 'VALID user_11']],
    ['PENDING', ['PENDING user_15']],
  ])('lists those with the status %s', async (status, expected) => {
    const answer = await list('admin', `status: ${status}`)
    expect(idsOf(answer)).toEqual(expected)
    expect(answer.data.vatIdChecks.totalCount).toBe(expected.length)
  })

  test.each(['', 'status: [INVALID, VALID, PENDING, UNAVAILABLE]'])('reads pages with {%s}', async (filter) => {
    const found: string[] = []
    let after = ''
    for (let page = 0; page < 3; page += 1) {
      const answer = await list('admin', `first: 2, ${after} ${filter}`)
      found.push(...idsOf(answer))
      const { hasNextPage, endCursor } = answer.data.vatIdChecks.pageInfo
      expect(hasNextPage).toBe(page < 2)
      after = `after: "${endCursor}",`
    }
    expect(found).toEqual(ALL)
    expect(idsOf(await list('admin', `last: 2, ${filter}`))).toEqual(ALL.slice(4))
  })

  test('takes as many statements for many VAT ids as for one', async () => {
    const statements = (page: string) => countStatements(() => list('admin', page))
    // The first three belong to users and to an organisation.
    const few = await statements('first: 3')
    expect(await statements('first: 6')).toEqual(few)
    expect(few.filter((each) => each.includes('vat_'))).toHaveLength(4)
  })

  test('is refused to everybody but administrators', async () => {
    expect(codeOf(await list(11, 'first: 1'))).toBe('FORBIDDEN')
    expect(codeOf(await list(undefined, 'first: 1'))).toBe('UNAUTHENTICATED')
  })

  test.each([
    ['status: []', 'status'],
    ['first: 0', 'first'],
    ['after: "x"', 'after'],
  ])('names the wrong argument in {%s}', async (page, field) => {
    expect((await list('admin', page)).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
  })
})

describe('BillingDetails.vatIdCheck', () => {
  const QUERY = '{ node(id: "org_70") { ... on Organisation { billingDetails { vatIdCheck { status vatId } } } } }'

  test('is visible to owners, and not to members', async () => {
    const check = { status: 'VALID', vatId: FRENCH }
    expect((await server.ask(71, QUERY)).data.node).toEqual({ billingDetails: { vatIdCheck: check } })
    expect((await server.ask('admin', QUERY)).data.node).toEqual({ billingDetails: { vatIdCheck: check } })
    expect((await server.ask(72, QUERY)).data.node).toEqual({ billingDetails: null })
  })

  test('takes two statements for many customers', async () => {
    const read = (first: number) =>
      countStatements(async () => {
        const query = `{ users(first: ${first}) { nodes { billingDetails { vatIdCheck { status consultationNumber } } } } }`
        expect((await server.ask('admin', query)).errors).toBeUndefined()
      })
    expect((await read(20)).filter((each) => each.includes('vat_'))).toHaveLength(2)
  })
})

describe('checkVatId', () => {
  const entries = () => server.services.db.auditEntry.findMany({ where: { action: 'checkVatId' }, orderBy: { id: 'asc' } })

  test('repeats a check before it is due, and is audited', async () => {
    vies.registered.set(AUSTRIAN, {})
    server.clock.set('2026-05-02T10:00:00.000Z')
    const { data, errors } = await checkNow('admin', { userId: 'user_12' })
    expect(errors).toBeUndefined()
    expect(data.checkVatId.vatIdCheck).toEqual({
      status: 'INVALID',
      vatId: AUSTRIAN,
      nextCheckAt: '2026-05-02T10:00:00.000Z',
      customer: { __typename: 'User' },
    })
    const before = vies.requests.length
    await server.settle()
    expect(idsOf(await list('admin', 'first: 1, status: VALID'))).toEqual(['VALID user_12'])
    expect(await entries()).toMatchObject([{ actor: 'user:1', subject: 'user:12', details: { vatId: AUSTRIAN, status: 'INVALID' } }])
    // The one of user 15 waits as well.
    expect(vies.requestedIds.slice(before).sort()).toEqual([AUSTRIAN, SPANISH])
  })

  test('checks the VAT id of an organisation', async () => {
    expect((await checkNow('admin', { organisationId: '70' })).data.checkVatId.vatIdCheck).toMatchObject({ status: 'VALID', vatId: FRENCH })
    const before = vies.requests.length
    await server.settle()
    expect(vies.requestedIds.slice(before)).toEqual([FRENCH])
    expect((await entries()).at(-1)).toMatchObject({ subject: 'organisation:70' })
  })

  test('is refused to customers', async () => {
    expect(codeOf(await checkNow(11, { userId: '11' }))).toBe('FORBIDDEN')
  })

  test.each([
    [{}, 'BAD_USER_INPUT', 'input.userId'],
    [{ userId: '11', organisationId: '70' }, 'BAD_USER_INPUT', 'input.organisationId'],
    [{ userId: '16' }, 'BAD_USER_INPUT', 'input.userId'],
    [{ userId: '72' }, 'BAD_USER_INPUT', 'input.userId'],
    [{ userId: '999' }, 'USER_NOT_FOUND', undefined],
    [{ organisationId: '999' }, 'ORGANISATION_NOT_FOUND', undefined],
  ])('refuses %j and changes nothing', async (input, code, field) => {
    const before = (await entries()).length
    const { errors } = await checkNow('admin', input)
    expect(errors?.[0]?.extensions).toMatchObject({ code, ...(field && { field }) })
    expect(await entries()).toHaveLength(before)
  })

  test('states that nothing is checked if the seller is outside the European Union', async () => {
    const other = await startServerWithVies(vies, { INVOICE_ISSUED_FROM_COUNTRY: 'CH', INVOICE_ISSUED_FROM_TAX_ID: '' })
    await setBillingDetails(other, 5, { taxId: FRENCH })
    const { errors } = await other.ask('admin', 'mutation { checkVatId(input: { userId: "5" }) { vatIdCheck { status } } }')
    expect(errors?.[0]?.message).toBe(
      'input: the seller is outside the European Union (INVOICE_ISSUED_FROM_COUNTRY), so no VAT id is checked',
    )
    await other.close()
  })
})

test('a changed result is an event, a repeated one is not', async () => {
  const events = async (holder: string) => {
    const rows = await server.services.db.outboxEvent.findMany({ where: { type: 'vat_id.checked', holder }, orderBy: { id: 'asc' } })
    return rows.map(({ payload }) => payload)
  }
  expect(await events('user:12')).toEqual([
    { vatId: AUSTRIAN, result: 'INVALID', checkedAt: '2026-05-01T10:02:00.000Z' },
    { vatId: AUSTRIAN, result: 'VALID', checkedAt: '2026-05-02T10:00:00.000Z' },
  ])
  expect(await events('user:13')).toMatchObject([{ result: 'UNAVAILABLE' }])
  // It was checked twice.
  expect(await events('organisation:70')).toMatchObject([{ result: 'VALID' }])
})
