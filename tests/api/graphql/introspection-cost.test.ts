import { executeSync, getIntrospectionQuery, type OperationDefinitionNode, parse } from 'graphql'
import { expect, test } from 'vitest'
import { analyzeOperation } from '../../../src/api/graphql/query-cost.js'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'

const schema = graphQLSchema()
const repeat = (part: (index: number) => string) => Array.from({ length: 49 }, (_, index) => part(index)).join(' ')
const FIELDS = 'name description args { name type { name ofType { name } } }'

function countObjects(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + countObjects(each), 0)
  if (typeof value !== 'object' || value === null) return 0
  return 1 + countObjects(Object.values(value))
}

test.each<[string, string, Record<string, unknown>?]>([
  ['the whole schema, as tools request it', getIntrospectionQuery()],
  ['a large type 49 times', `{ __type(name: "Mutation") { ${repeat((n) => `a${n}: fields { ${FIELDS} }`)} } }`],
  [
    'a type named by a variable',
    `query ($name: String!) { __type(name: $name) { ${repeat((n) => `a${n}: fields { ${FIELDS} }`)} } }`,
    { name: 'Query' },
  ],
  ['an enum 49 times', `{ __type(name: "ErrorCode") { ${repeat((n) => `a${n}: enumValues { name description }`)} } }`],
  ['the root types', `{ __schema { queryType { fields { ${FIELDS} } } mutationType { fields { ${FIELDS} } } } }`],
  ['the types of the fields of a type', '{ __type(name: "Order") { fields { type { fields { type { fields { name } } } } } } }'],
  ['every type', `{ __schema { ${repeat((n) => `a${n}: types { name kind }`)} } }`],
])('charges a point for at most ten objects of the schema: %s', (_what, query, variables = {}) => {
  const document = parse(query)
  const [operation] = document.definitions as [OperationDefinitionNode]
  const { cost } = analyzeOperation({ schema, document, operation, variables, maximum: Number.POSITIVE_INFINITY })
  const { data, errors } = executeSync({ schema, document, variableValues: variables })
  expect(errors).toBeUndefined()
  expect(countObjects(data)).toBeLessThan(10 * cost)
})
