import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { applyPlan, cancelOrder, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

// `node` reads whole rows with Prisma.

const FIELDS = Object.values((graphQLSchema().getType('Order') as GraphQLObjectType).getFields())

let server: TestServer
let plans: Catalog
let ids: string[]

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await createOrganisation(server, 80, { 81: 'OWNER', 82: 'ADMIN', 83: 'MEMBER' })
  const own = await placeOrder(server, 81, { planId: plans.pro, notes: 'Soon, please', purchaseOrder: 'PO-7' })
  const ofOrganisation = await placeOrder(server, 81, { planId: plans.starter, organisationId: '80' })
  const cancelled = await placeOrder(server, 85, { planId: plans.pro })
  await cancelOrder(server, 85, cancelled.data.placeOrder.order.id)
  const granted = await applyPlan(server, { userId: '85', planId: plans.pro, notes: 'A gift', expiresAt: '2026-09-01T00:00:00.000Z' })
  ids = [own, ofOrganisation, cancelled].map(({ data }) => data.placeOrder.order.id).concat(granted.data.applyPlan.order.id)
})
afterAll(() => server.close())

const isLeaf = ({ type, args }: GraphQLField<unknown, unknown>) => isLeafType(getNamedType(type)) && !args.some(isRequiredArgument)

/** The fields without fields of a type; of a union, the name of the type. */
function selectionOf(output: GraphQLOutputType): string {
  const type = getNamedType(output)
  if (!isObjectType(type)) return 'getTypes' in type ? '{ __typename }' : ''
  const leaves = Object.values(type.getFields()).filter(isLeaf)
  const nodes = type.getFields().nodes
  return `{ ${nodes ? `nodes ${selectionOf(nodes.type)}` : leaves.map(({ name }) => name).join(' ')} }`
}

test.each(FIELDS.map((field) => [field.name, field] as const))(
  'order(id) has the same %s as node(id), for everybody',
  async (name, field) => {
    const query = `query ($id: ID!) { order(id: $id) { ...selection } node(id: $id) { ...selection } }
    fragment selection on Order { ${name} ${selectionOf(field.type)} }`
    for (const who of ['admin', 81, 82, 83, 84, 85] as const) {
      for (const id of ids) {
        const { data, errors = [] } = await server.ask(who, query, { id })
        expect(data.order).toEqual(data.node)
        const messagesAt = (root: string) => errors.filter(({ path }) => path?.[0] === root).map(({ message }) => message)
        expect(messagesAt('order')).toEqual(messagesAt('node'))
      }
    }
  },
)

test('order(id) is shown to its customer, the managers of its organisation and administrators', async () => {
  const seen = async (who: number | 'admin') => {
    const { data } = await server.ask(who, `{ ${ids.map((id) => `${id}: order(id: "${id}") { id }`).join(' ')} }`)
    return ids.map((id) => data[id] !== null)
  }
  expect(await seen('admin')).toEqual([true, true, true, true])
  expect(await seen(81)).toEqual([true, true, false, false])
  expect(await seen(82)).toEqual([false, true, false, false])
  expect(await seen(83)).toEqual([false, false, false, false])
  expect(await seen(85)).toEqual([false, false, true, true])
})

test('order(id) takes one statement, with its plan and the id of its buyer, also for a manager of the organisation', async () => {
  const query = `{ order(id: "${ids[1]}") { id status plan { name } buyer { userId } } }`
  await server.ask(82, query)
  expect(await countStatements(() => server.ask(82, query))).toEqual(['SELECT orders'])
})
