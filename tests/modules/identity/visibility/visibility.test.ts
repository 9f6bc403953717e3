import { readFileSync, writeFileSync } from 'node:fs'
import {
  execute,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isObjectType,
  parse,
  subscribe,
} from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphQLSchema } from '../../../../src/api/graphql/schema.js'
import { decodeId } from '../../../../src/core/ids.js'
import type { ApiKeyScope } from '../../../../src/modules/identity/identity.enums.js'
import type { Principal } from '../../../../src/modules/identity/principal.js'
import { RequestContext } from '../../../../src/modules/identity/request-context.js'
import { notifyOfOrders } from '../../../../src/modules/orders/index.js'
import { DEMO_DATA_KEY } from '../../../../src/modules/settings/reset-demo.js'
import { runTransaction } from '../../../../src/platform/postgres/transaction.js'
import { testLogger } from '../../../support/logger.js'
import {
  fieldOf,
  fillArguments,
  listResponseFields,
  type ResponseField,
  selectEverything,
  withoutAliases,
} from '../../../support/schema-walk.js'
import { startServer, type TestServer } from '../../../support/server.js'
import { readList, writeList } from './list.js'
import { listNodeIds } from './node-ids.js'
import { type FindOwner, PEOPLE, readOwners } from './owners.js'
import { createWorld, type Target, type World } from './people.js'
import { idsOf, valueFor } from './values.js'

// Runs every field of Query, Mutation and Subscription as every role, selects everything, and compares what
// is readable of other customers with a list. A field that shows more than the list says fails with its path.
// Every field of every type that a root field reaches is selected from it, as every role; reach.test.ts checks this.
// The number of paths grows exponentially with their length, so of the paths through a field that has fields itself,
// the two shortest ones of each root field are followed, and no type occurs more than twice on a path.

const LIST = new URL('./visibility.txt', import.meta.url)
/** Every attempt may find further fields that are FORBIDDEN. */
const MAX_ATTEMPTS = 40
const ORIGIN = { ip: '127.0.0.1', log: testLogger() }

interface Role {
  name: string
  principal: Principal | undefined
  /** The name of the principal. What it reads of itself is not listed. */
  self?: string
  /** Whether the role may read the data of all customers, which are then listed as one owner. */
  readsEverybody?: boolean
}

const schema = graphQLSchema()
let server: TestServer
let world: World
let ownerOf: FindOwner
let roles: Role[]

beforeAll(async () => {
  // Only the owner of the tables may reset the demo.
  // With them, documents can be expressed as electronic invoices, and buyers in other member states owe the tax themselves.
  const environment = {
    INVOICE_ISSUED_FROM_COUNTRY: 'DE',
    INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976',
    INVOICE_ISSUED_FROM_EMAIL: 'billing@example.com',
  }
  server = await startServer({ asOwner: true, environment })
  world = await createWorld(server)
  // Without it nobody could call resetDemo.
  await server.services.db.setting.create({ data: { key: DEMO_DATA_KEY, value: true, updatedAt: server.clock.now() } })
  ownerOf = await readOwners(server)
  const { keys } = world.installation
  const key = (scope: ApiKeyScope): Role => {
    return { name: `an API key with ${scope}`, principal: { keyId: BigInt(keys[scope]), scopes: [scope] }, readsEverybody: true }
  }
  const person = (name: string, self: keyof typeof PEOPLE): Role => ({
    name,
    self,
    principal: { userId: String(PEOPLE[self]), role: 'user' },
  })
  roles = [
    { name: 'nobody', principal: undefined },
    person('a customer', 'Cleo'),
    person('a member of the organisation', 'Mia'),
    person('an admin of the organisation', 'Alan'),
    person('a former admin of the organisation, who bought for it', 'Eve'),
    key('READ'),
    key('CLAIMS'),
    key('SYNC'),
    key('PORTAL'),
    { name: 'an administrator', principal: { userId: '1', role: 'admin' }, readsEverybody: true },
  ]
})
afterAll(() => server.close())

type Readable = Map<string, string>

/**
 * The fields that were FORBIDDEN in the queries of a role, by its name, such as `user.limits`. Mutations and streams
 * do not select them.
 */
const forbidden = new Map<string, Set<string>>()
const forbiddenFor = ({ name }: Role): Set<string> => {
  const known = forbidden.get(name) ?? new Set()
  forbidden.set(name, known)
  return known
}

/**
 * Collects the fields that a response shows, by owner.
 * @param requested  the owner of the data that the arguments name
 */
function collect(readable: Readable, role: Role, seen: readonly ResponseField[], requested: string | undefined): void {
  for (const { type, field, path, objects } of seen) {
    const owner = objects.map(ownerOf).findLast((each) => each !== undefined) ?? requested ?? 'nobody in particular'
    if (owner === role.self) continue
    const isPerson = !['the catalog', 'a hidden plan', 'nobody in particular'].includes(owner)
    const line = `${role.name} | ${role.readsEverybody && isPerson ? 'everybody' : owner} | ${type}.${field}`
    if (!readable.has(line)) readable.set(line, path)
  }
}

/** An operation for a root field, with its arguments as variables. */
function operationFor(kind: string, field: GraphQLField<unknown, unknown>, variables: object, rejected: ReadonlySet<string>): string {
  const given = field.args.filter(({ name }) => name in variables)
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
  const call = `${field.name}${passed && `(${passed})`} ${selectionFor(field, variables, rejected)}`
  return `${kind}${declared && ` (${declared})`} { ${call} }`
}

/** Selects everything; of `node` and `nodes` only the fields of the type of the ids. */
function selectionFor(field: GraphQLField<unknown, unknown>, variables: object, rejected: ReadonlySet<string>): string {
  const [id] = 'ids' in variables ? [variables.ids].flat() : 'id' in variables ? [variables.id] : []
  const type = isInterfaceType(getNamedType(field.type)) && schema.getType(decodeId(String(id))?.type ?? '')
  if (!isObjectType(type)) return selectEverything(schema, field.type, rejected, field.name)
  return `{ __typename ... on ${type.name} ${selectEverything(schema, type, rejected, field.name)} }`
}

/**
 * Paths of errors below the root. They hide sibling fields, so the request is repeated without these paths.
 */
const pathsOf = (errors: readonly GraphQLError[] = []): string[] =>
  errors.flatMap(({ path = [] }) =>
    path.length > 1 ? [path.flatMap((step) => (typeof step === 'string' ? fieldOf(step) : [])).join('.')] : [],
  )

interface Call {
  target: Target
  variableValues: Record<string, unknown>
}

/** Calls a field once for every target; `nodes` once for every type, with the ids of all its objects. */
async function listCalls(field: GraphQLField<unknown, unknown>): Promise<Call[]> {
  const [first] = world.targets
  if (field.name === 'nodes' && first) return (await listNodeIds(server)).map((ids) => ({ target: first, variableValues: { ids } }))
  return world.targets.map((target) => ({
    target,
    variableValues: fillArguments(field.args, valueFor(field.name, target, world.installation, server.url)),
  }))
}

async function callAs(role: Role, root: GraphQLObjectType, kind: string, field: GraphQLField<unknown, unknown>, readable: Readable) {
  const called = new Set<string>()
  for (const { target, variableValues } of await listCalls(field)) {
    const serialized = JSON.stringify(variableValues)
    const isTargeted = /"(userId|organisationId|orderId|invoiceId|externalId)"/.test(serialized) || field.name in idsOf(target)
    if (called.has(serialized)) continue
    called.add(serialized)
    const rejected = new Set(kind === 'mutation' ? forbiddenFor(role) : [])
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const document = parse(operationFor(kind, field, variableValues, rejected))
      const contextValue = new RequestContext(server.services, role.principal, ORIGIN)
      const { data, errors } = await execute({ schema, document, contextValue, variableValues })
      if (kind === 'mutation' && data?.[field.name] != null) ownerOf = await readOwners(server)
      if (data) collect(readable, role, listResponseFields(withoutAliases(data), root), isTargeted ? target.owner : undefined)
      const paths = pathsOf(errors).filter((path) => !rejected.has(path))
      // Those of SYNC can be repeated, unlike other mutations.
      if (paths.length === 0 || (kind === 'mutation' && role.name !== 'an API key with SYNC')) break
      for (const path of paths) {
        rejected.add(path)
        forbiddenFor(role).add(path.split('.').slice(-2).join('.'))
      }
    }
  }
}

async function callEverything(root: GraphQLObjectType, kind: string, readable: Readable): Promise<void> {
  for (const role of roles) {
    // resetDemo comes last, because it deletes the data that the other fields need.
    const { resetDemo, ...others } = root.getFields()
    for (const field of [...Object.values(others), ...(resetDemo ? [resetDemo] : [])]) await callAs(role, root, kind, field, readable)
  }
}

/** Subscribes as every role while orders and limits of all customers change. */
async function subscribeToEverything(root: GraphQLObjectType, readable: Readable): Promise<void> {
  const fields = Object.values(root.getFields())
  const streams = roles.flatMap((role) =>
    fields.map(async (field) => {
      const document = parse(operationFor('subscription', field, {}, forbiddenFor(role)))
      const result = await subscribe({ schema, document, contextValue: new RequestContext(server.services, role.principal, ORIGIN) })
      return { role, stream: Symbol.asyncIterator in result ? result : undefined }
    }),
  )
  const open = await Promise.all(streams)
  const received: { role: Role; data: Record<string, any> }[] = []
  const reading = open.map(async ({ role, stream }) => {
    if (stream) for await (const { data } of stream) if (data) received.push({ role, data: withoutAliases(data) })
  })
  const subscribedRoles = open.flatMap(({ role, stream }) => (stream ? [role] : []))
  const people = roles.flatMap((role) => (role.self ? [{ role, userId: PEOPLE[role.self as keyof typeof PEOPLE] }] : []))
  for (const target of [...world.targets, ...people]) await changeDataOf(target)
  // Messages arrive in order, so a role that has received its own or the last one has received all before.
  const last = people.at(-1)?.userId
  for (const role of new Set(subscribedRoles)) {
    const id = `user_${people.find((each) => each.role === role)?.userId ?? last}`
    const hasReceived = (isOwn: (data: Record<string, any>) => boolean) => () =>
      received.some((each) => each.role === role && isOwn(each.data))
    const order = hasReceived(({ orderUpdated }) => orderUpdated?.buyer.userId === id && orderUpdated.organisation === null)
    const limits = hasReceived(({ limitsChanged }) => limitsChanged?.customer.id === id)
    await expect.poll(() => order() && limits()).toBe(true)
  }
  await Promise.all(open.map(({ stream }) => stream?.return?.(undefined)))
  await Promise.all(reading)
  ownerOf = await readOwners(server)
  for (const { role, data } of received) collect(readable, role, listResponseFields(data, root), undefined)
}

/** Notifies of an order, as every change of it does, and changes the limits of a customer. */
async function changeDataOf({ userId, organisationId }: { userId: number; organisationId?: number }): Promise<void> {
  const organisation = organisationId === undefined ? {} : { organisationId: String(organisationId) }
  const where = organisationId === undefined ? { userId: String(userId), organisationId: null } : organisation
  await runTransaction(server.services.db, async (tx) => {
    notifyOfOrders(tx, await tx.order.findMany({ where, orderBy: { id: 'desc' }, take: 1 }))
  })
  const customer = organisationId === undefined ? { userId: String(userId) } : organisation
  const overridden = await server.ask(
    'admin',
    'mutation ($input: SetLimitOverrideInput!) { setLimitOverride(input: $input) { override { id } } }',
    {
      input: { ...customer, percent: 100, reason: 'test' },
    },
  )
  expect(overridden.errors).toBeUndefined()
}

test('each role can read exactly the listed fields of others', async () => {
  const readable: Readable = new Map()
  const [query, mutation, subscription] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  await callEverything(query as GraphQLObjectType, 'query', readable)
  await subscribeToEverything(subscription as GraphQLObjectType, readable)
  // A pending delivery is not replayed.
  await server.services.db.webhookDelivery.updateMany({ where: { status: 'PENDING' }, data: { status: 'FAILED', responseStatus: 500 } })
  await callEverything(mutation as GraphQLObjectType, 'mutation', readable)
  const others = [...readable].filter(([line]) => !line.startsWith('an administrator |'))
  if (process.env.WRITE_VISIBILITY) writeFileSync(LIST, writeList(others.map(([line]) => line)))
  const allowed = readList(readFileSync(LIST, 'utf8'))
  const leaks = others.filter(([line]) => !allowed.has(line)).map(([line, path]) => `${line} at ${path}`)
  expect(leaks).toEqual([])
  expect([...allowed].filter((line) => !readable.has(line))).toEqual([])

  // An administrator can read everything. A field that it has not seen was not tested for the other roles
  // either.
  const seen = new Set([...readable.keys()].map((line) => line.split(' | ')[2]))
  const unseen = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__')) return []
    return Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
  })
  expect(unseen.filter((field) => !seen.has(field))).toEqual([])
})
