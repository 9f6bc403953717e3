import {
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql'
import { invalidInputError } from '../../core/errors.js'
import type { CustomerIdType } from '../../core/ids.js'
import type { TypedRow } from '../../core/node.type.js'
import { type RequestContext, USER } from '../../modules/identity/index.js'
import { accessExtensions, assertAuthorized } from './access.js'
import { asError, readNodeOfType } from './node.resolver.js'
import { ENTITY_TYPES, printSubgraph } from './subgraph.js'

/** A gateway sends the entities of a whole page in one request. */
const MAX_REPRESENTATIONS = 1000
const ENTITY_ROLES = [USER]

type RootField<A = unknown> = GraphQLFieldConfig<unknown, RequestContext, A>

/**
 * Adds the fields that make the schema a subgraph of Apollo Federation 2. They are for gateways, so the file
 * schema.graphql omits them.
 * @param schema  the schema for clients
 */
export function withFederation(schema: GraphQLSchema): GraphQLSchema {
  const { query, types, ...config } = schema.toConfig()
  if (!query) return schema
  const { fields, ...queryConfig } = query.toConfig()
  const extended = new GraphQLObjectType({
    ...queryConfig,
    fields: { ...fields, _service: serviceField(schema), _entities: entitiesField(schema) },
  })
  return new GraphQLSchema({ ...config, query: extended, types: types.filter((type) => type !== query) })
}

function serviceField(schema: GraphQLSchema): RootField {
  let sdl: string | undefined
  const service = new GraphQLObjectType({
    name: '_Service',
    description: 'The subgraph of Apollo Federation.',
    fields: {
      sdl: {
        type: new GraphQLNonNull(GraphQLString),
        description: 'The schema with the directives of federation. Requires the same permission as introspection.',
        resolve: () => {
          sdl ??= printSubgraph(schema)
          return sdl
        },
      },
    },
  })
  return {
    type: new GraphQLNonNull(service),
    description: 'The schema of the subgraph, for gateways of Apollo Federation. Public.',
    extensions: accessExtensions(undefined),
    resolve: () => ({}),
  }
}

function entitiesField(schema: GraphQLSchema): RootField<{ representations: readonly unknown[] }> {
  const entity = new GraphQLUnionType({
    name: '_Entity',
    description: 'An object that other subgraphs of Apollo Federation may extend.',
    types: ENTITY_TYPES.map((name) => schema.getType(name) as GraphQLObjectType),
    // Not asynchronous, which graphql-jit would not support.
    resolveType: (row: TypedRow) => row.__typename,
  })
  return {
    type: new GraphQLNonNull(new GraphQLList(entity)),
    description: `Users and organisations by their representations, at most ${MAX_REPRESENTATIONS}, for gateways of Apollo Federation. Null for those that do not exist or that you may not view. Requires a signed-in user.`,
    extensions: accessExtensions(ENTITY_ROLES),
    args: {
      representations: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(representation))),
        description: 'Objects with `__typename` and `id`.',
      },
    },
    resolve: (_root, { representations }, context) => {
      assertAuthorized(context, ENTITY_ROLES)
      if (representations.length > MAX_REPRESENTATIONS) throw invalidInputError('representations', `must be at most ${MAX_REPRESENTATIONS}`)
      return Promise.all(representations.map((each, index) => readEntity(context, `representations.${index}`, each).catch(asError)))
    },
  }
}

const representation = new GraphQLScalarType({
  name: '_Any',
  description: 'The representation of an entity: `{"__typename": "User", "id": "user_55"}`.',
  specifiedByURL: 'https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec',
})

/** @returns null if the entity does not exist or the principal may not view it */
async function readEntity(context: RequestContext, field: string, value: unknown): Promise<TypedRow | null> {
  const { __typename: name, id } = Object(value) as { __typename?: unknown; id?: unknown }
  const type = ENTITY_TYPES.find((each): each is CustomerIdType => each === name)
  if (!type || typeof id !== 'string') throw invalidInputError(field, 'must have an id and the __typename User or Organisation')
  return readNodeOfType(context, `${field}.id`, id, type)
}
