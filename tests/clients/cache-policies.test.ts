import { readFile } from 'node:fs/promises'
import { possibleTypes, typePolicies } from '@quittance/client/apollo'
import { keys } from '@quittance/client/urql'
import { buildSchema, type GraphQLObjectType, isAbstractType, isObjectType } from 'graphql'
import { expect, test } from 'vitest'

// Apollo Client and urql cache by these policies. A type that they do not know loses data or is reported as an error.
const schema = buildSchema(await readFile('schema.graphql', 'utf8'))
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('_'))
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
const objects = types.filter((type): type is GraphQLObjectType => isObjectType(type) && !roots.includes(type))
const isNode = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Node')

test('every type has an id that is unique over all types, or a policy', () => {
  const embedded = objects.filter((type) => !isNode(type)).map(({ name }) => name)
  expect(Object.keys(typePolicies).sort()).toEqual(embedded.sort())
  expect(Object.keys(keys).sort()).toEqual(embedded.sort())
})

test('every type with a field id implements Node, because caches use it as the key', () => {
  const others = objects.filter((type) => 'id' in type.getFields() && !isNode(type)).map(({ name }) => name)
  expect(others).toEqual([])
})

test('the members of every interface and union are known', () => {
  const abstract = types.filter(isAbstractType)
  const expected = abstract.map(({ name }) => [name, objectsOf(name)])
  expect(possibleTypes).toEqual(Object.fromEntries(expected))
})

function objectsOf(name: string): string[] {
  const type = schema.getType(name)
  if (!isAbstractType(type)) throw new Error(`${name} is neither an interface nor a union`)
  return schema
    .getPossibleTypes(type)
    .map((each) => each.name)
    .sort()
}

test('an amount is replaced as a whole, and completed by further fields of the same amount', () => {
  const { merge } = typePolicies.Money
  if (typeof merge !== 'function') throw new Error('Money has no merge function')
  const five = { __typename: 'Money', minorUnits: 500 }
  expect(merge(five, { __typename: 'Money', minorUnits: 500, formatted: '$5.00' })).toEqual({ ...five, formatted: '$5.00' })
  expect(merge({ ...five, formatted: '$5.00' }, { __typename: 'Money', minorUnits: 1500 })).toEqual({
    __typename: 'Money',
    minorUnits: 1500,
  })
})
