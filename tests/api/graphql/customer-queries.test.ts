import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const OWNER = 81
const MEMBER = 83
const OTHER_USER = 84
const ORGANISATION = '80'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await createOrganisation(server, Number(ORGANISATION), { [OWNER]: 'OWNER', [MEMBER]: 'MEMBER' })
  await server.services.db.user.create({ data: { id: String(OTHER_USER) } })
  await applyPlan(server, { userId: String(OWNER), planId: plans.pro })
  await applyPlan(server, { userId: String(OWNER), organisationId: ORGANISATION, planId: plans.pro })
})
afterAll(() => server.close())

async function createKey(scope: string): Promise<string> {
  const query = `mutation { createApiKey(input: { name: "test", scopes: [${scope}] }) { key } }`
  return (await server.ask('admin', query)).data.createApiKey.key
}

async function askWith(key: string, query: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return { status: response.status, ...((await response.json()) as Pick<Answer, 'data' | 'errors'>) }
}

describe('billingDetails', () => {
  const QUERY = 'query ($organisationId: ID) { billingDetails(organisationId: $organisationId) { name city country } }'
  const SET = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { name city country } } }'

  test('returns what was set for the user and for the organisation, null before', async () => {
    expect((await server.ask(OWNER, QUERY)).data.billingDetails).toBeNull()
    const own = { name: 'Ada', city: 'London', country: 'GB' }
    const ofOrganisation = { name: 'Engines Ltd', city: null, country: 'DE' }
    await server.ask(OWNER, SET, { input: own })
    await server.ask(OWNER, SET, { input: { ...ofOrganisation, organisationId: ORGANISATION } })
    expect((await server.ask(OWNER, QUERY)).data.billingDetails).toEqual(own)
    expect((await server.ask(OWNER, QUERY, { organisationId: ORGANISATION })).data.billingDetails).toEqual(ofOrganisation)
    expect((await server.ask('admin', QUERY, { organisationId: ORGANISATION })).data.billingDetails).toEqual(ofOrganisation)
  })

  test('is ORGANISATION_NOT_FOUND for members and others, and requires a user', async () => {
    for (const who of [MEMBER, OTHER_USER]) {
      expect(codeOf(await server.ask(who, QUERY, { organisationId: ORGANISATION }))).toBe('ORGANISATION_NOT_FOUND')
    }
    expect(codeOf(await server.ask(undefined, QUERY))).toBe('UNAUTHENTICATED')
    expect(codeOf(await askWith(await createKey('READ'), '{ billingDetails { name } }'))).toBe('FORBIDDEN')
  })
})

describe('serverClaims', () => {
  const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $organisationId: ID, $userId: ID) {
    serverClaims(first: $first, after: $after, last: $last, before: $before, organisationId: $organisationId, userId: $userId) {
      nodes { externalId memory disk cpu createdAt } edges { cursor } totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
  const names = ({ data }: Answer): string[] => data.serverClaims.nodes.map(({ externalId }: any) => externalId)

  beforeAll(async () => {
    // Two at the same time, which the id orders.
    await server.owner.query(`INSERT INTO server_claims (external_id, user_id, organisation_id, memory, disk, cpu, created_at)
      SELECT 'own-' || n, '${OWNER}', NULL, n, 2, 3, '2026-05-01T10:00:00Z'::timestamptz + (n / 2) * interval '1 minute' FROM generate_series(1, 5) AS n
      UNION ALL SELECT 'shared', '${OWNER}', '${ORGANISATION}', 7, 8, 9, '2026-05-01T11:00:00Z'`)
  })

  test('lists the own servers, newest first, page by page in both directions', async () => {
    const all = await server.ask(OWNER, PAGE)
    expect(names(all)).toEqual(['own-5', 'own-4', 'own-3', 'own-2', 'own-1'])
    expect(all.data.serverClaims).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: false, hasPreviousPage: false } })
    expect(all.data.serverClaims.nodes[0]).toEqual({
      externalId: 'own-5',
      memory: 5,
      disk: 2,
      cpu: 3,
      createdAt: '2026-05-01T10:02:00.000Z',
    })
    const first = await server.ask(OWNER, PAGE, { first: 2 })
    expect(names(first)).toEqual(['own-5', 'own-4'])
    const second = await server.ask(OWNER, PAGE, { first: 2, after: first.data.serverClaims.pageInfo.endCursor })
    expect(names(second)).toEqual(['own-3', 'own-2'])
    const { startCursor } = second.data.serverClaims.pageInfo
    expect(names(await server.ask(OWNER, PAGE, { last: 1, before: startCursor }))).toEqual(['own-4'])
  })

  test('lists the servers of an organisation for its owners and admins, administrators and keys with CLAIMS', async () => {
    expect(names(await server.ask(OWNER, PAGE, { organisationId: ORGANISATION }))).toEqual(['shared'])
    expect(names(await server.ask('admin', PAGE, { organisationId: ORGANISATION }))).toEqual(['shared'])
    const query = (args: string) => `{ serverClaims${args} { nodes { externalId } totalCount } }`
    const key = await createKey('CLAIMS')
    expect(names(await askWith(key, query(`(organisationId: "${ORGANISATION}")`)))).toEqual(['shared'])
    expect(names(await askWith(key, query(`(userId: "${OWNER}")`)))).toHaveLength(5)
    expect((await askWith(key, query(''))).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'userId' })
    expect(codeOf(await askWith(await createKey('READ'), query(`(userId: "${OWNER}")`)))).toBe('FORBIDDEN')
    for (const who of [MEMBER, OTHER_USER]) {
      expect(codeOf(await server.ask(who, PAGE, { organisationId: ORGANISATION }))).toBe('ORGANISATION_NOT_FOUND')
    }
  })

  test('shows the servers of another user only to administrators', async () => {
    expect(names(await server.ask('admin', PAGE, { userId: String(OWNER) }))).toHaveLength(5)
    expect(codeOf(await server.ask(OTHER_USER, PAGE, { userId: String(OWNER) }))).toBe('FORBIDDEN')
    expect(names(await server.ask(OWNER, PAGE, { userId: `user_${OWNER}` }))).toHaveLength(5)
    expect(names(await server.ask(OTHER_USER, PAGE))).toEqual([])
  })

  test.each(['1777629600000.\0', 'x'])('refuses a cursor of no server', async (position) => {
    const after = Buffer.from(position).toString('base64url')
    expect((await server.ask(OWNER, PAGE, { after })).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' })
  })

  test('reads a page by an index, with the same statements whatever its size', async () => {
    const { owner } = server
    await owner.query(`INSERT INTO users (id) SELECT 'many' || n FROM generate_series(1, 200) AS n`)
    await owner.query(`INSERT INTO server_claims (external_id, user_id, organisation_id, memory, disk, cpu, created_at)
      SELECT 'many-' || n, 'many' || (n % 200 + 1), CASE WHEN n % 2 = 0 THEN '${ORGANISATION}' END, 1, 1, 1, now() + n * interval '1 second' FROM generate_series(1, 20000) AS n`)
    await owner.query('ANALYZE server_claims')
    const plan = async (condition: string) => {
      const { rows } = await owner.query(`EXPLAIN SELECT external_id FROM server_claims WHERE ${condition}
        ORDER BY created_at DESC, external_id DESC LIMIT 21`)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    expect(await plan(`user_id = 'many2' AND organisation_id IS NULL`)).toMatch(
      /Index Scan using server_claims_user_id_created_at_external_id_idx/,
    )
    const shared = await plan(`organisation_id = '${ORGANISATION}'`)
    expect(shared).toMatch(/Index (Only )?Scan using server_claims_organisation_id_created_at_external_id_idx/)
    expect(shared).not.toContain('Sort')
    const statementsFor = (first: number) => countStatements(() => server.ask(OWNER, PAGE, { first, organisationId: ORGANISATION }))
    await statementsFor(1)
    expect(await statementsFor(100)).toEqual(await statementsFor(2))
  })
})

describe('currentPlan', () => {
  const QUERY = `query ($userId: ID, $organisationId: ID) { currentPlan(userId: $userId, organisationId: $organisationId) {
    plan { slug } order { customer { ... on Node { id } } } subscription { customer { ... on Node { id } } } limits { serverLimit } } }`

  test('returns the plan of a user or an organisation', async () => {
    const planOf = async (variables: object) => (await server.ask('admin', QUERY, variables)).data.currentPlan
    const pro = (id: string) => ({
      plan: { slug: 'pro' },
      order: { customer: { id } },
      subscription: { customer: { id } },
      limits: { serverLimit: 15 },
    })
    expect(await planOf({ userId: String(OWNER) })).toEqual(pro(`user_${OWNER}`))
    expect(await planOf({ organisationId: ORGANISATION })).toEqual(pro(`org_${ORGANISATION}`))
    expect(await planOf({ userId: String(OTHER_USER) })).toEqual({
      plan: { slug: 'free' },
      order: null,
      subscription: null,
      limits: { serverLimit: 1 },
    })
  })

  test('needs exactly one of both, which exists, and the administrator role', async () => {
    expect((await server.ask('admin', QUERY)).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'userId' })
    const both = await server.ask('admin', QUERY, { userId: String(OWNER), organisationId: ORGANISATION })
    expect(both.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'organisationId' })
    expect(both.data).toEqual({ currentPlan: null })
    expect(codeOf(await server.ask('admin', QUERY, { userId: '999' }))).toBe('USER_NOT_FOUND')
    expect(codeOf(await server.ask('admin', QUERY, { organisationId: '999' }))).toBe('ORGANISATION_NOT_FOUND')
    expect(codeOf(await server.ask(OWNER, QUERY, { userId: String(OWNER) }))).toBe('FORBIDDEN')
  })
})

describe('Plan.description', () => {
  const UPDATE = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { description } } }'

  test('is set when the plan is created or updated, removed with null, and otherwise kept', async () => {
    const input = { slug: 'text', name: 'Text', type: 'PAID', price: { minorUnits: 100, currency: 'USD' }, description: 'Two\nlines' }
    const { data } = await server.ask(
      'admin',
      'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id description } } }',
      { input },
    )
    const { id, description } = data.createPlan.plan
    expect(description).toBe('Two\nlines')
    const update = async (changes: object) =>
      (await server.ask('admin', UPDATE, { input: { id, ...changes } })).data.updatePlan.plan.description
    expect(await update({ name: 'Other' })).toBe('Two\nlines')
    expect(await update({ description: 'x'.repeat(1000) })).toHaveLength(1000)
    const { plan } = (await server.ask(undefined, 'query ($id: ID!) { plan(id: $id) { description } }', { id })).data
    expect(plan.description).toHaveLength(1000)
    expect(await update({ description: null })).toBeNull()
  })

  test.each(['x'.repeat(1001), '', 'a\0b'])('refuses a text that is too long, empty or has control characters', async (description) => {
    const { errors } = await server.ask('admin', UPDATE, { input: { id: plans.pro, description } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.description' })
  })
})
