import { readFileSync, writeFileSync } from 'node:fs'
import { execute, type GraphQLError, type GraphQLField, type GraphQLObjectType, isObjectType, parse, subscribe } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphQLSchema } from '../../../../src/api/graphql/schema.js'
import type { Principal } from '../../../../src/modules/identity/principal.js'
import { RequestContext } from '../../../../src/modules/identity/request-context.js'
import type { ApiKeyScope } from '../../../../src/platform/postgres/generated/enums.js'
import { testLogger } from '../../../support/logger.js'
import { everythingIn, fillArguments, type Seen, selectEverything } from '../../../support/schema-walk.js'
import { startServer, type TestServer } from '../../../support/server.js'
import { readList, writeList } from './list.js'
import { type FindOwner, PEOPLE, readOwners } from './owners.js'
import { createWorld, type World } from './people.js'
import { idsOf, valueFor } from './values.js'

// Runs every field of Query, Mutation and SubscriptionRoot as every role, with everything that can be selected, and compares
// what is readable of whom with a list. A field that shows more than the list says fails with its path.

const LIST = new URL('./visibility.txt', import.meta.url)
const FROM = { ip: '127.0.0.1', log: testLogger() }

interface Role {
  name: string
  caller: Principal | undefined
  /** The name of the principal: what it reads of itself is not listed. */
  self?: string
  /** All people are one to services and administrators, who may read everybody's data. */
  isForEverybody?: boolean
}

const schema = graphQLSchema()
let server: TestServer
let world: World
let ownerOf: FindOwner
let roles: Role[]

beforeAll(async () => {
  server = await startServer()
  world = await createWorld(server)
  ownerOf = await readOwners(server)
  const { keys } = world.installation
  const key = (scope: ApiKeyScope): Role => {
    return { name: `an API key with ${scope}`, caller: { keyId: keys[scope], scopes: [scope] }, isForEverybody: true }
  }
  const person = (name: string, self: keyof typeof PEOPLE): Role => ({ name, self, caller: { userId: PEOPLE[self], role: 'user' } })
  roles = [
    { name: 'nobody', caller: undefined },
    person('a customer', 'Cleo'),
    person('a member of the organisation', 'Mia'),
    person('an admin of the organisation', 'Alan'),
    person('a former admin of the organisation, who bought for it', 'Eve'),
    key('READ'),
    key('CLAIMS'),
    key('SYNC'),
    { name: 'an administrator', caller: { userId: 1, role: 'admin' }, isForEverybody: true },
  ]
}, 120_000)
afterAll(() => server.close())

type Readable = Map<string, string>

/** Notes what a response shows of whom. @param asked  the owner of what the arguments name */
function note(readable: Readable, role: Role, seen: readonly Seen[], asked: string | undefined): void {
  for (const { type, field, path, objects } of seen) {
    const owner = objects.map(ownerOf).findLast((each) => each !== undefined) ?? asked ?? 'nobody in particular'
    if (owner === role.self) continue
    const isPerson = !['the catalogue', 'a hidden plan', 'nobody in particular'].includes(owner)
    const line = `${role.name} | ${role.isForEverybody && isPerson ? 'everybody' : owner} | ${type}.${field}`
    if (!readable.has(line)) readable.set(line, path)
  }
}

/** A document for a root field with its arguments as variables. */
function documentOf(kind: string, field: GraphQLField<unknown, unknown>, variables: object, refused: ReadonlySet<string>): string {
  const given = field.args.filter(({ name }) => name in variables)
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
  const call = `${field.name}${passed && `(${passed})`} ${selectEverything(schema, field.type, refused, field.name)}`
  return `${kind}${declared && ` (${declared})`} { ${call} }`
}

/** Where errors below the root occurred: they hide what stands beside them, so the request is repeated without them. */
const placesOf = (errors: readonly GraphQLError[] = []): string[] =>
  errors.flatMap(({ path = [] }) => (path.length > 1 ? [path.filter((step) => typeof step === 'string').join('.')] : []))

async function callAs(role: Role, root: GraphQLObjectType, kind: string, field: GraphQLField<unknown, unknown>, readable: Readable) {
  const called = new Set<string>()
  for (const target of world.targets) {
    const variableValues = fillArguments(field.args, valueFor(field.name, target, world.installation, server.url))
    const same = JSON.stringify(variableValues)
    const isTargeted = /"(userId|organisationId|orderId|invoiceId|externalId)"/.test(same) || field.name in idsOf(target)
    if (called.has(same)) continue
    called.add(same)
    const refused = new Set<string>()
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const document = parse(documentOf(kind, field, variableValues, refused))
      const contextValue = new RequestContext(server.services, role.caller, FROM)
      const { data, errors } = await execute({ schema, document, contextValue, variableValues })
      if (kind === 'mutation' && data?.[field.name] != null) ownerOf = await readOwners(server)
      if (data) note(readable, role, everythingIn(data, root), isTargeted ? target.owner : undefined)
      const places = placesOf(errors).filter((place) => !refused.has(place))
      if (places.length === 0 || kind === 'mutation') break
      for (const place of places) refused.add(place)
    }
  }
}

async function callEverything(root: GraphQLObjectType, kind: string, readable: Readable): Promise<void> {
  for (const role of roles) {
    // The demo is reset last: it removes what everything else is tried with.
    const { resetDemo, ...others } = root.getFields()
    for (const field of [...Object.values(others), ...(resetDemo ? [resetDemo] : [])]) await callAs(role, root, kind, field, readable)
  }
}

/** Listens as every role while something happens to everybody. */
async function listenToEverything(root: GraphQLObjectType, readable: Readable): Promise<void> {
  const fields = Object.values(root.getFields())
  const streams = roles.flatMap((role) =>
    fields.map(async (field) => {
      const document = parse(documentOf('subscription', field, {}, new Set()))
      const result = await subscribe({ schema, document, contextValue: new RequestContext(server.services, role.caller, FROM) })
      return { role, stream: Symbol.asyncIterator in result ? result : undefined }
    }),
  )
  const open = await Promise.all(streams)
  const heard: { role: Role; data: Record<string, any> }[] = []
  const reading = open.map(async ({ role, stream }) => {
    if (stream) for await (const { data } of stream) if (data) heard.push({ role, data })
  })
  const listeners = open.flatMap(({ role, stream }) => (stream ? [role] : []))
  const people = roles.flatMap((role) => (role.self ? [{ role, userId: PEOPLE[role.self as keyof typeof PEOPLE] }] : []))
  for (const target of [...world.targets, ...people]) await happenTo(target)
  // Messages come in order: who has heard of themselves, or of the last person, has heard of everything before.
  const last = people.at(-1)?.userId
  for (const role of new Set(listeners)) {
    const id = String(people.find((each) => each.role === role)?.userId ?? last)
    const hasHeard = (isOwn: (data: Record<string, any>) => boolean) => () => heard.some((each) => each.role === role && isOwn(each.data))
    const order = hasHeard(({ orderUpdated }) => orderUpdated?.buyer.userId === id && orderUpdated.organisation === null)
    const limits = hasHeard(({ limitsChanged }) => limitsChanged?.user?.id === id)
    await expect.poll(() => order() && limits(), { timeout: 30_000 }).toBe(true)
  }
  await Promise.all(open.map(({ stream }) => stream?.return?.(undefined)))
  await Promise.all(reading)
  ownerOf = await readOwners(server)
  for (const { role, data } of heard) note(readable, role, everythingIn(data, root), undefined)
}

/** An order is placed, and limits change. */
async function happenTo({ userId, organisationId }: { userId: number; organisationId?: number }): Promise<void> {
  const organisation = organisationId === undefined ? {} : { organisationId: String(organisationId) }
  const placed = await server.ask(userId, 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }', {
    input: { planId: world.installation.plan, ...organisation },
  })
  const whose = organisationId === undefined ? { userId: String(userId) } : organisation
  const limited = await server.ask(
    'admin',
    'mutation ($input: SetLimitOverrideInput!) { setLimitOverride(input: $input) { override { id } } }',
    {
      input: { ...whose, percent: 100, reason: 'test' },
    },
  )
  expect([placed.errors, limited.errors]).toEqual([undefined, undefined])
}

test('each role reads of others what the list says, and nothing else', { timeout: 300_000 }, async () => {
  const readable: Readable = new Map()
  const [query, mutation, subscription] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  await callEverything(query as GraphQLObjectType, 'query', readable)
  await listenToEverything(subscription as GraphQLObjectType, readable)
  await callEverything(mutation as GraphQLObjectType, 'mutation', readable)
  const others = [...readable].filter(([line]) => !line.startsWith('an administrator |'))
  if (process.env.WRITE_VISIBILITY) writeFileSync(LIST, writeList(others.map(([line]) => line)))
  const allowed = readList(readFileSync(LIST, 'utf8'))
  const leaks = others.filter(([line]) => !allowed.has(line)).map(([line, path]) => `${line} at ${path}`)
  expect(leaks).toEqual([])
  expect([...allowed].filter((line) => !readable.has(line))).toEqual([])

  // An administrator reads everything: what it has not seen, the others have not been tried with.
  const seen = new Set([...readable.keys()].map((line) => line.split(' | ')[2]))
  const unseen = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__')) return []
    return Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
  })
  expect(unseen.filter((field) => !seen.has(field))).toEqual([])
})
