import 'reflect-metadata'
import { type GraphQLField, isObjectType } from 'graphql'
import { buildSchemaSync, getMetadataStorage } from 'type-graphql'
import { describe, expect, test } from 'vitest'
import { callResolversDirectly } from '../../../src/api/graphql/direct-resolvers.js'
import { ErrorCodesResolver } from '../../../src/api/graphql/error-codes.resolver.js'
import { NodeResolver } from '../../../src/api/graphql/node.resolver.js'
import { MoneyResolver } from '../../../src/core/money.type.js'
import { MODULES } from '../../../src/modules/modules.js'

type Field = GraphQLField<unknown, unknown>
type Method = (...parameters: unknown[]) => unknown

const resolvers = [MoneyResolver, NodeResolver, ErrorCodesResolver, ...MODULES.flatMap(({ resolvers = [] }) => resolvers)]

const { fieldResolvers } = getMetadataStorage()
const methods = fieldResolvers
  .filter(({ kind }) => kind === 'external')
  .map(({ target, methodName }) => [(target as { prototype: Record<string, Method> }).prototype, methodName] as const)
/** Calls the method once more with the parameters as its result, instead of running it. */
for (const [prototype, name] of methods) prototype[name] = (...parameters) => ({ name, parameters })

const build = () => buildSchemaSync({ resolvers: resolvers as never, validate: false, authChecker: () => true })

function fieldsOf(schema: ReturnType<typeof build>): Map<string, Field> {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  return new Map(types.flatMap((type) => Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field])))
}

const resolverOf = (fields: Map<string, Field>, name: string) => (fields.get(name) as Field).resolve as Method

const layered = fieldsOf(build())
const direct = fieldsOf(callResolversDirectly(build()))
const resolved = [...layered].filter(([, { resolve }]) => resolve !== undefined).map(([name]) => name)
const changed = resolved.filter((name) => String(direct.get(name)?.resolve) !== String(layered.get(name)?.resolve))

describe('fields of objects that have a resolver', () => {
  test('are called directly, unless an argument is a set of arguments', () => {
    expect(changed).toEqual(expect.arrayContaining(['Money.formatted', 'Order.amount', 'Order.items', 'Order.plan', 'Plan.price']))
    expect(changed).not.toContain('User.orders')
  })

  test.each(changed)('%s receives the same parameters as from type-graphql', async (name) => {
    const { args } = layered.get(name) as Field
    const values = Object.fromEntries(args.map(({ name }, index) => [name, index === 0 ? 'de-DE' : index]))
    for (const given of [values, {}, Object.fromEntries(args.map(({ name }) => [name, null]))]) {
      const call = [{ id: 101n }, given, { principal: undefined }, { fieldName: name }] as const
      const [expected, actual]: any[] = await Promise.all([layered, direct].map((fields) => resolverOf(fields, name)(...call)))
      expect(actual.name).toBe(expected.name)
      expect(actual.parameters.slice(0, expected.parameters.length)).toEqual(expected.parameters)
      expect(actual.parameters.slice(expected.parameters.length).every((more: unknown) => more === undefined)).toBe(true)
      expect(actual.parameters.indexOf(call[0])).toBe(expected.parameters.indexOf(call[0]))
    }
  })
})
