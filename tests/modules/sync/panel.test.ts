import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

async function askWith(key: string, query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as Answer
  return { status: response.status, data, errors }
}

const CREATE =
  'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { key apiKey { id name scopes createdBy lastUsedAt revokedAt } } }'

async function createKey(...scopes: string[]): Promise<{ key: string; id: string }> {
  const { data, errors } = await server.ask('admin', CREATE, { input: { name: 'panel', scopes } })
  expect(errors).toBeUndefined()
  return { key: data.createApiKey.key, id: data.createApiKey.apiKey.id }
}

describe('API keys', () => {
  test('are shown once, stored as a hash, and record when they were last used', async () => {
    const { key, id } = await createKey('CLAIMS', 'CLAIMS')
    expect(key).toMatch(/^qtk_[\w-]{43}$/)
    const stored = await server.services.db.apiKey.findUniqueOrThrow({ where: { id: rowId(id) } })
    expect(JSON.stringify({ ...stored, id: rowId(stored.id) })).not.toContain(key)
    expect(Buffer.from(stored.hash).toString('latin1')).not.toContain(key)
    expect(stored.scopes).toEqual(['CLAIMS'])
    await server.services.db.user.create({ data: { id: '300' } })
    expect((await askWith(key, '{ usage(userId: 300) { used } }')).errors).toBeUndefined()
    const { data } = await server.ask('admin', '{ apiKeys { nodes { id lastUsedAt } } }')
    expect(data.apiKeys.nodes.find((node: { id: string }) => node.id === id).lastUsedAt).toBe('2026-05-01T10:00:00.000Z')
    expect(server.logged.join('')).not.toContain(key)
    const audit = await server.services.db.auditEntry.findMany({ select: { details: true, subject: true } })
    expect(JSON.stringify(audit)).not.toContain(key)
  })

  test('are created once per idempotency key, and are not shown by a retry', async () => {
    const input = { name: 'retried', scopes: ['READ'], idempotencyKey: 'create-key-1' }
    const create = async () => (await server.ask('admin', CREATE, { input })).data.createApiKey
    const [first, retry] = [await create(), await create()]
    expect(first.key).toMatch(/^qtk_/)
    expect(retry).toEqual({ ...first, key: null })
    expect(await server.services.db.apiKey.count({ where: { name: 'retried' } })).toBe(1)
    const records = await server.services.db.idempotencyRecord.findMany({ select: { outcome: true } })
    expect(JSON.stringify(records)).not.toContain(first.key)
    const other = await server.ask('admin', CREATE, { input: { ...input, scopes: ['SYNC'] } })
    expect(other.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT')
  })

  test('allow exactly what their scopes grant', async () => {
    await server.services.db.user.create({ data: { id: '301' } })
    const claims = await createKey('CLAIMS')
    const sync = await createKey('SYNC')
    const read = await createKey('READ')
    const requests: [string, string[]][] = [
      ['mutation { claimServer(input: {externalId: "k", userId: 301, memory: 1, disk: 1, cpu: 1}) { claim { externalId } } }', ['claims']],
      ['mutation { releaseServer(input: { externalId: "k" }) { released } }', ['claims']],
      ['mutation { upsertUser(input: {id: 301, name: "Kim"}) { user { id } } }', ['sync']],
      ['{ usage(userId: 301) { used } }', ['claims', 'read']],
      ['{ entitlements(first: 1) { nodes { hasAccess } } }', ['read']],
      ['{ currentPlan(userId: 301) { plan { slug } } }', ['read']],
      ['{ me { id } }', []],
      ['{ orders { totalCount } }', []],
      ['mutation { createApiKey(input: {name: "more", scopes: [CLAIMS]}) { key } }', []],
      ['mutation { setBillingEnabled(input: { enabled: false }) { enabled } }', []],
      [`mutation { applyPlan(input: {userId: 301, planId: ${plans.pro}}) { success } }`, []],
      [`mutation { placeOrder(input: {planId: ${plans.pro}}) { order { id } } }`, []],
    ]
    for (const [query, allowed] of requests) {
      for (const [scope, { key }] of Object.entries({ claims, sync, read })) {
        const { errors } = await askWith(key, query)
        expect([query, scope, errors?.[0]?.extensions.code]).toEqual([query, scope, allowed.includes(scope) ? undefined : 'FORBIDDEN'])
      }
    }
    expect((await askWith(read.key, '{ plans { slug } }')).data.plans).toHaveLength(4)
  })

  test('are rejected if revoked, invalid or sent in a cookie', async () => {
    const { key, id } = await createKey('READ')
    const query = '{ entitlements(first: 1) { nodes { hasAccess } } }'
    expect((await askWith(key, query)).errors).toBeUndefined()
    await server.ask('admin', 'mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { apiKey { revokedAt } } }', { id })
    const revocation = { action: 'revokeApiKey', subject: `key:${rowId(id)}` }
    expect(await server.services.db.auditEntry.count({ where: revocation })).toBe(1)
    expect(await askWith(key, query)).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect(await askWith('qtk_guessed', query)).toMatchObject({ status: 401 })
    const fresh = await createKey('READ')
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `session=${fresh.key}` },
      body: JSON.stringify({ query }),
    })
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect((await fetch(`${server.url}/orders/1/invoice`, { headers: { authorization: `Bearer ${fresh.key}` } })).status).toBe(403)
  })

  test.each([
    [{ name: '', scopes: ['READ'] }, 'input.name'],
    [{ name: 'x', scopes: [] }, 'input.scopes'],
  ])('are not created from %j, and the error names the field', async (input, field) => {
    expect((await server.ask('admin', CREATE, { input })).errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      field,
      fields: [{ field, message: expect.any(String) }],
    })
    expect((await server.ask(55, CREATE, { input })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })
})

describe('sync mutations', () => {
  test('write changes to the audit log, but not repetitions', async () => {
    const upsert = 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }'
    for (const name of ['Nina', 'Nina', 'Nina Simone']) await server.ask('admin', upsert, { input: { id: '7070', name } })
    await server.ask('admin', 'mutation { upsertOrganisation(input: { id: "7071", name: "Blues" }) { organisation { id } } }')
    const setMembership =
      'mutation ($role: OrganisationRole) { setMembership(input: { organisationId: "7071", userId: "7070", role: $role }) { organisation { id } } }'
    for (const role of ['OWNER', 'OWNER', 'ADMIN', null]) await server.ask('admin', setMembership, { role })
    const log = async (subject: string) => {
      const query = 'query ($subject: String) { auditEntries(subject: $subject) { nodes { actor action details } } }'
      return (await server.ask('admin', query, { subject })).data.auditEntries.nodes.reverse()
    }
    const entry = { actor: 'user:1' }
    expect(await log('user:7070')).toEqual([1, 2].map(() => ({ ...entry, action: 'upsertUsers', details: {} })))
    expect(await log('organisation:7071')).toEqual([
      { ...entry, action: 'upsertOrganisations', details: {} },
      ...['OWNER', 'ADMIN', null].map((role) => ({ ...entry, action: 'setMemberships', details: { userId: 7070, role } })),
    ])
  })

  const USERS = 'mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { users { id email name } } }'

  test('upsert a thousand users in one call, and change only the given fields', async () => {
    const users = Array.from({ length: 1000 }, (_, index) => ({
      id: String(5000 + index),
      email: `someone.with.a.long.name.${index}@mail.example.com`,
      name: `Someone With A Long Name ${index}`,
    }))
    const { data, errors } = await server.ask('admin', USERS, { users })
    expect(errors).toBeUndefined()
    expect(data.upsertUsers.users).toHaveLength(1000)
    expect(data.upsertUsers.users[999]).toEqual({ ...users[999], id: 'user_5999' })
    const again = await server.ask('admin', USERS, { users: [{ id: '5999', name: 'Renamed' }, { id: '5000' }] })
    expect(again.data.upsertUsers.users).toEqual([
      { id: 'user_5999', email: 'someone.with.a.long.name.999@mail.example.com', name: 'Renamed' },
      { ...users[0], id: 'user_5000' },
    ])
    expect((await server.ask('admin', USERS, { users: [...users, { id: '1' }] })).errors?.[0]?.extensions.field).toBe('input.users')
  })

  test('return what the database contains, in the order of the input, also for rows that did not change', async () => {
    const { db } = server.services
    await server.ask('admin', USERS, {
      users: [
        { id: '9101', name: 'Same', email: 'same@example.com' },
        { id: '9102', name: 'Before' },
      ],
    })
    const users = [
      { id: '9103', email: 'new@example.com' },
      { id: '9102', name: 'Changed' },
      { id: '9101', name: 'Same' },
    ]
    const { data } = await server.ask('admin', USERS, { users })
    const stored = await db.user.findMany({ where: { id: { in: ['9101', '9102', '9103'] } }, orderBy: { id: 'desc' } })
    expect(data.upsertUsers.users).toEqual(stored.map(({ id, email, name }) => ({ id: `user_${id}`, email, name })))
    expect(data.upsertUsers.users).toMatchObject([{ name: null }, { name: 'Changed', email: null }, { email: 'same@example.com' }])
    const ORGANISATIONS =
      'mutation ($organisations: [UpsertOrganisationInput!]!) { upsertOrganisations(input: { organisations: $organisations }) { organisations { id name } } }'
    const MEMBERS =
      'mutation ($memberships: [SetMembershipInput!]!) { setMemberships(input: { memberships: $memberships }) { memberships { role user { id } } } }'
    const organisations = [
      { id: '92', name: 'Two' },
      { id: '91', name: 'One' },
    ]
    for (const name of ['One', 'Renamed']) {
      const input = organisations.map((row) => (row.id === '91' ? { ...row, name } : row))
      const result = await server.ask('admin', ORGANISATIONS, { organisations: input })
      const rows = await db.organisation.findMany({ where: { id: { in: ['91', '92'] } }, orderBy: { id: 'desc' } })
      expect(result.data.upsertOrganisations.organisations).toEqual(rows.map(({ id, name }) => ({ id: `org_${id}`, name })))
    }
    const memberships = ['9103', '9101', '9102'].map((userId) => ({ organisationId: '91', userId, role: 'MEMBER' }))
    for (const role of ['MEMBER', 'ADMIN']) {
      const input = memberships.map((row) => (row.userId === '9101' ? { ...row, role } : row))
      const result = await server.ask('admin', MEMBERS, { memberships: input })
      const rows = await db.membership.findMany({ where: { organisationId: '91' } })
      const byUser = new Map(rows.map((row) => [row.userId, row.role]))
      expect(result.data.setMemberships.memberships).toEqual(
        input.map(({ userId }) => ({ user: { id: `user_${userId}` }, role: byUser.get(userId) })),
      )
    }
    const twice = await server.ask('admin', MEMBERS, { memberships: [memberships[0], memberships[0]] })
    expect(twice.errors?.[0]?.message).toBe('input.memberships.1: duplicate entry')
  })

  test('store nothing if a row is invalid, and name that row', async () => {
    const { errors } = await server.ask('admin', USERS, { users: [{ id: '7000' }, { id: '7001', email: 'nonsense' }] })
    expect(errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'input.users.1.email',
      fields: [{ field: 'input.users.1.email', message: expect.any(String) }],
    })
    expect(await server.services.db.user.count({ where: { id: { in: ['7000', '7001'] } } })).toBe(0)
    const duplicate = await server.ask('admin', USERS, { users: [{ id: '7000' }, { id: '7000' }] })
    expect(duplicate.errors?.[0]?.message).toBe('input.users.1: duplicate entry')
  })

  test('do not deadlock on concurrent calls with the same users in another order', async () => {
    const users = Array.from({ length: 300 }, (_, index) => ({ id: String(8000 + index), name: 'x' }))
    const calls = Array.from({ length: 8 }, (_, turn) =>
      server.ask('admin', USERS, { users: (turn % 2 ? users : users.toReversed()).map((user) => ({ ...user, name: `turn ${turn}` })) }),
    )
    for (const { errors } of await Promise.all(calls)) expect(errors).toBeUndefined()
  })

  test('create organisations, and set and end memberships', async () => {
    const ORGANISATIONS =
      'mutation ($organisations: [UpsertOrganisationInput!]!) { upsertOrganisations(input: { organisations: $organisations }) { organisations { id name } } }'
    const MEMBERS =
      'mutation ($memberships: [SetMembershipInput!]!) { setMemberships(input: { memberships: $memberships }) { memberships { role user { id } organisation { id } } } }'
    await server.ask('admin', USERS, { users: [{ id: '401' }, { id: '402' }] })
    const { data } = await server.ask('admin', ORGANISATIONS, {
      organisations: [
        { id: '41', name: 'One' },
        { id: '42', name: 'Two' },
      ],
    })
    expect(data.upsertOrganisations.organisations).toEqual([
      { id: 'org_41', name: 'One' },
      { id: 'org_42', name: 'Two' },
    ])
    const set = await server.ask('admin', MEMBERS, {
      memberships: [
        { organisationId: '41', userId: '401', role: 'OWNER' },
        { organisationId: '41', userId: '402', role: 'MEMBER' },
        { organisationId: '42', userId: '402', role: 'ADMIN' },
      ],
    })
    const stored = (userId: string, organisationId: string, role: string) => ({
      role,
      user: { id: `user_${userId}` },
      organisation: { id: `org_${organisationId}` },
    })
    expect(set.data.setMemberships.memberships).toEqual([
      stored('401', '41', 'OWNER'),
      stored('402', '41', 'MEMBER'),
      stored('402', '42', 'ADMIN'),
    ])
    const changed = await server.ask('admin', MEMBERS, {
      memberships: [
        { organisationId: '41', userId: '402', role: 'ADMIN' },
        { organisationId: '42', userId: '402', role: null },
      ],
    })
    expect(changed.data.setMemberships.memberships).toEqual([stored('402', '41', 'ADMIN')])
    const mine = await server.ask(402, '{ me { organisations { role organisation { name } } } }')
    expect(mine.data.me.organisations).toEqual([{ role: 'ADMIN', organisation: { name: 'One' } }])
    const unknown = await server.ask('admin', MEMBERS, {
      memberships: [
        { organisationId: '41', userId: '401' },
        { organisationId: '49', userId: '401', role: 'OWNER' },
      ],
    })
    expect(unknown.errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'input.memberships.1.organisationId',
      fields: [{ field: 'input.memberships.1.organisationId', message: expect.any(String) }],
    })
    expect(await server.services.db.membership.count({ where: { organisationId: '41' } })).toBe(2)
    const ONE = 'mutation ($input: SetMembershipInput!) { setMembership(input: $input) { organisation { name } membership { role } } }'
    const setOne = async (role: string | null) =>
      (await server.ask('admin', ONE, { input: { organisationId: '42', userId: '401', role } })).data.setMembership
    expect(await setOne('MEMBER')).toEqual({ organisation: { name: 'Two' }, membership: { role: 'MEMBER' } })
    expect(await setOne(null)).toEqual({ organisation: { name: 'Two' }, membership: null })
    expect(
      (await server.ask('admin', ONE, { input: { organisationId: '41', userId: '999', role: 'OWNER' } })).errors?.[0]?.extensions.field,
    ).toBe('input.userId')
  })
})

describe('entitlements', () => {
  const STATE = `query ($first: Int, $after: String) { entitlements(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { customer { ... on Node { id } } plan { slug } limits { serverLimit } hasAccess subscription { status } } } }`

  test('contains every customer once across all pages, users before organisations', async () => {
    const { key } = await createKey('READ')
    const seen: string[] = []
    let after: string | null = null
    do {
      const { data, errors }: Answer = await askWith(key, STATE, { first: 100, after })
      expect(errors).toBeUndefined()
      for (const { customer } of data.entitlements.nodes) seen.push(customer.id)
      after = data.entitlements.pageInfo.hasNextPage ? data.entitlements.pageInfo.endCursor : null
    } while (after)
    const users = await server.services.db.user.findMany({ orderBy: { id: 'asc' } })
    const organisations = await server.services.db.organisation.findMany({ orderBy: { id: 'asc' } })
    expect(seen).toEqual([...users.map(({ id }) => `user_${id}`), ...organisations.map(({ id }) => `org_${id}`)])
    const { data } = await askWith(key, '{ entitlements(first: 1) { totalCount } }')
    expect(data.entitlements.totalCount).toBe(seen.length)
  })

  test.each(['2.\0', `3.${'x'.repeat(65)}`])('refuses the cursor of an id that no panel has', async (position) => {
    const after = Buffer.from(position).toString('base64url')
    expect(await server.ask('admin', STATE, { first: 1, after })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'after' } }],
    })
  })

  test('shows the effective plan, which is the free plan while a subscription is paused', async () => {
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '1', planId: plans.pro },
    })
    const first = async () => (await server.ask('admin', STATE, { first: 1 })).data.entitlements.nodes[0]
    expect(await first()).toEqual({
      customer: { id: 'user_1' },
      plan: { slug: 'pro' },
      limits: { serverLimit: 15 },
      hasAccess: true,
      subscription: { status: 'ACTIVE' },
    })
    await server.services.db.subscription.updateMany({ where: { userId: '1' }, data: { status: 'PAUSED' } })
    expect(await first()).toMatchObject({ plan: { slug: 'free' }, hasAccess: false, subscription: { status: 'PAUSED' } })
  })

  test('needs the same number of statements for a page of one as for a page of a hundred', async () => {
    const few = await countStatements(() => server.ask('admin', STATE, { first: 1 }))
    const many = await countStatements(() => server.ask('admin', STATE, { first: 100 }))
    expect(many).toHaveLength(few.length)
  })
})
