import { type GraphQLNamedType, getNamedType, isAbstractType, isObjectType, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { describe, expect, test } from 'vitest'
import { graphQLSchema } from '../../../../src/api/graphql/schema.js'
import { selectEverything } from '../../../support/schema-walk.js'

// What visibility.test.ts relies on when it calls every root field as every role.

const schema = graphQLSchema()

/** Every field of every type that is reachable from a type, such as `Order.invoice`. */
function reachableFields(start: GraphQLNamedType): Set<string> {
  const fields = new Set<string>()
  const types = new Set([start])
  for (const type of types) {
    if (isAbstractType(type)) for (const each of schema.getPossibleTypes(type)) types.add(each)
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      fields.add(`${type.name}.${field.name}`)
      types.add(getNamedType(field.type))
    }
  }
  return fields
}

/** The fields that a selection of a root field contains. */
function selectedFields(operation: string): Set<string> {
  const fields = new Set<string>()
  const info = new TypeInfo(schema)
  const Field = () => {
    const [type, field] = [info.getParentType(), info.getFieldDef()]
    if (type && field && !field.name.startsWith('__')) fields.add(`${type.name}.${field.name}`)
  }
  visit(parse(operation), visitWithTypeInfo(info, { Field }))
  return fields
}

describe.each([
  ['query', schema.getQueryType()],
  ['mutation', schema.getMutationType()],
  ['subscription', schema.getSubscriptionType()],
])('from each field of a %s', (kind, root) => {
  test.each(Object.values(root?.getFields() ?? {}))('$name selects every field of every type that it reaches', ({ name, type }) => {
    const selected = selectedFields(`${kind} { ${name} ${selectEverything(schema, type, new Set(), name)} }`)
    selected.delete(`${root?.name}.${name}`)
    expect([...selected].sort()).toEqual([...reachableFields(getNamedType(type))].sort())
  })
})
