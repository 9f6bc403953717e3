import { type GraphQLField, getNamedType, isNonNullType, isObjectType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'

const schema = graphQLSchema()
const fieldsOf = (root: ReturnType<typeof schema.getQueryType>) => Object.values(root?.getFields() ?? {})
const mutations = fieldsOf(schema.getMutationType()).map((field) => [field.name, field] as const)
const operations = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  .flatMap(fieldsOf)
  .map((field) => [field.name, field] as const)
type Field = GraphQLField<unknown, unknown>

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

describe('the mutation', () => {
  test.each(mutations)('%s takes nothing but an input of its own', (name, { args }: Field) => {
    if (name === 'resetDemo') return expect(args).toEqual([])
    expect(args.map(({ name }) => name)).toEqual(['input'])
    expect(getNamedType(args[0]?.type)?.name).toBe(`${capitalized(name)}Input`)
  })

  test.each(mutations)('%s returns a payload of its own', (name, { type }: Field) => {
    expect(String(type)).toBe(`${capitalized(name)}Payload!`)
    const payload = getNamedType(type)
    expect(isObjectType(payload) && Object.keys(payload.getFields()).length).toBeGreaterThan(0)
  })

  test.each(mutations)('%s requires its input if a field of it is required', (_name, { args }: Field) => {
    for (const { type } of args) {
      const input = getNamedType(type)
      const requires = 'getFields' in input && Object.values(input.getFields()).some((field) => isNonNullType(field.type))
      if (requires) expect(isNonNullType(type)).toBe(true)
    }
  })
})

const SCOPES = /an API key with the (CLAIMS|READ|SYNC|PORTAL|READ or CLAIMS) scope/.source
const PRINCIPALS = new RegExp(`(^|\\. )(Public|Requires (a signed-in user|the administrator role)( or ${SCOPES})?)\\.$`)

test.each(operations)('the description of %s ends with the principals that may use it', (_name, { description }: Field) => {
  expect(description).toMatch(PRINCIPALS)
})
