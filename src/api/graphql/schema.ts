import 'reflect-metadata'
import { defaultFieldResolver, type GraphQLField, type GraphQLObjectType, type GraphQLSchema, isAbstractType } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import { encodeId, ID_TYPES } from '../../core/ids.js'
import { MoneyResolver } from '../../core/money.type.js'
import type { TypedRow } from '../../core/node.type.js'
import type { RequestContext } from '../../modules/identity/index.js'
import { MODULES } from '../../modules/modules.js'
import { ALLOW_WHEN_BILLING_DISABLED, assertBillingEnabled } from '../../modules/settings/index.js'
import { assertAuthorized, withAccess } from './access.js'
import { callResolversDirectly } from './direct-resolvers.js'
import { ErrorCodesResolver } from './error-codes.resolver.js'
import { withFederation } from './federation.js'
import { NodeResolver } from './node.resolver.js'
import { withSubscriptions } from './subscriptions.js'

const BILLING_MARKER = Object.keys(ALLOW_WHEN_BILLING_DISABLED)[0] ?? ''

let cachedClientSchema: GraphQLSchema | undefined
let cachedSchema: GraphQLSchema | undefined

/** The schema that is served, built at its first use. It has no state, so all servers of a process share it. */
export function graphQLSchema(): GraphQLSchema {
  cachedSchema ??= withFederation(clientSchema())
  return cachedSchema
}

/** The schema without the fields for gateways. */
export function clientSchema(): GraphQLSchema {
  cachedClientSchema ??= describeRoots(guardWithBillingFlag(withAccess(withSubscriptions(encodeIds(resolveAbstractTypes(buildSchema()))))))
  return cachedClientSchema
}

/**
 * Makes every interface and union resolve to the type that the row names. type-graphql resolves types asynchronously,
 * which graphql-jit does not support.
 */
function resolveAbstractTypes(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (row: TypedRow) => row.__typename
  }
  return schema
}

/** Adds the prefix of the type to the field `id` of every type that has one. */
function encodeIds(schema: GraphQLSchema): GraphQLSchema {
  for (const type of ID_TYPES) {
    const field = (schema.getType(type) as GraphQLObjectType).getFields().id as GraphQLField<unknown, RequestContext>
    const { resolve } = field
    field.resolve = resolve
      ? (row, args, context, info) => encodeId(type, resolve(row, args, context, info) as bigint | string)
      : (row) => encodeId(type, (row as { id: bigint | string }).id)
  }
  return schema
}

function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const query = schema.getQueryType()
  const mutation = schema.getMutationType()
  if (query) query.description = 'Reads data. The description of each field ends with the principals that may use it.'
  if (mutation) {
    mutation.description =
      'Changes data. A mutation with an idempotencyKey can be retried safely: the retry returns the first response and changes nothing.'
  }
  return schema
}

/** Builds the schema from the resolvers of all modules. */
function buildSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [MoneyResolver, NodeResolver, ErrorCodesResolver, ...MODULES.flatMap(({ resolvers = [] }) => resolvers)],
    validate: false,
    authChecker: ({ context }, roles) => {
      assertAuthorized(context as RequestContext, roles)
      return true
    },
  })
  return callResolversDirectly(schema)
}

/**
 * Makes every root field check the billing flag unless it is marked with ALLOW_WHEN_BILLING_DISABLED, so that
 * a new field cannot miss the check. Not a middleware of type-graphql, which would wrap every field of every
 * object.
 */
function guardWithBillingFlag(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const { resolve = defaultFieldResolver, extensions } = field
      if (extensions[BILLING_MARKER]) continue
      field.resolve = (root, args, context: RequestContext, info) => {
        assertBillingEnabled(context.services.flag)
        return resolve(root, args, context, info)
      }
    }
  }
  return schema
}
