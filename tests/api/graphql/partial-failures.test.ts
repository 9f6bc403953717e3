import { getNamedType, isListType, isNonNullType } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Access } from '../../../src/api/graphql/access.js'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { createCatalog } from '../../support/catalog.js'
import { placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const queries = Object.values(graphQLSchema().getQueryType()?.getFields() ?? {})

test.each(queries.map((field) => [field.name, field] as const))(
  '%s is nullable if it can be refused and is not a list',
  (_name, { type, extensions }) => {
    const { role } = (extensions.directives as { access: Access }).access
    const isList = isListType(isNonNullType(type) ? type.ofType : type) || getNamedType(type).name.endsWith('Connection')
    const mustBeNullable = role !== 'PUBLIC' && !isList
    if (mustBeNullable) expect(isNonNullType(type)).toBe(false)
    if (isList) expect(isNonNullType(type)).toBe(true)
  },
)

const PAGE = `query Page($own: ID!, $other: ID!) {
  me { id }
  order(id: $own) { id status }
  refundEligibility(orderId: $other) { type }
  currentPlan(userId: "56") { limits { memory } }
  invoicePreview(planId: "999") { total { decimal } }
}`

test('keeps the data of the other fields when some are refused', async () => {
  const { starter: plan } = await createCatalog(server)
  const own = (await placeOrder(server, 55, { planId: plan })).data.placeOrder.order
  const other = (await placeOrder(server, 56, { planId: plan })).data.placeOrder.order
  // Once by graphql-js, and then by graphql-jit.
  for (let round = 0; round < 3; round += 1) {
    const { data, errors = [] } = await server.ask(55, PAGE, { own: own.id, other: other.id })
    expect(data).toEqual({
      me: { id: 'user_55' },
      order: { id: own.id, status: 'PENDING' },
      refundEligibility: null,
      currentPlan: null,
      invoicePreview: null,
    })
    const codes = Object.fromEntries(errors.map(({ path, extensions }) => [path?.[0], extensions.code]))
    expect(codes).toEqual({ refundEligibility: 'ORDER_NOT_FOUND', currentPlan: 'FORBIDDEN', invoicePreview: 'PLAN_NOT_FOUND' })
  }
})
