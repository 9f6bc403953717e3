import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import { isObjectType } from 'graphql'
import { getMetadataStorage } from 'type-graphql'
import type { RequestContext } from '../../modules/identity/index.js'

type FieldResolver = GraphQLFieldResolver<unknown, RequestContext>
type FieldResolverMetadata = ReturnType<typeof getMetadataStorage>['fieldResolvers'][number]
type ParameterMetadata = NonNullable<FieldResolverMetadata['params']>[number]
/** Reads one parameter of a method from the parameters of a GraphQL resolver. */
type ReadParameter = (...call: Parameters<FieldResolver>) => unknown
type ResolverMethod = (...parameters: unknown[]) => unknown

/**
 * Makes the fields of objects call the methods of their resolver classes. type-graphql would sort and convert the
 * parameters at each call, and validate each argument in a promise, which takes longer than most of these methods:
 * a page of orders calls them a thousand times. Fields with roles, and with arguments that are input objects, are left
 * to it, as are the root fields.
 */
export function callResolversDirectly(schema: GraphQLSchema): GraphQLSchema {
  const { fieldResolvers, objectTypes } = getMetadataStorage()
  const names = new Map<unknown, string>(objectTypes.map(({ target, name }) => [target, name]))
  const instances = new Map<unknown, Record<string, ResolverMethod>>()
  for (const metadata of fieldResolvers) {
    const type = schema.getType(names.get(metadata.getObjectType?.()) ?? '')
    const field = isObjectType(type) ? type.getFields()[metadata.schemaName] : undefined
    const parameters = directParameters(metadata)
    if (!field || !parameters) continue
    const instance = instances.get(metadata.target) ?? new (metadata.target as new () => Record<string, ResolverMethod>)()
    instances.set(metadata.target, instance)
    field.resolve = directResolver(instance, metadata.methodName, parameters)
  }
  return schema
}

/** @returns undefined for a method that type-graphql must call */
function directParameters({ kind, roles, middlewares = [], params = [] }: FieldResolverMetadata): ReadParameter[] | undefined {
  if (kind === 'internal' || roles || middlewares.length > 0) return undefined
  const inOrder = [...params].sort((one, other) => one.index - other.index)
  const isComplete = inOrder.every(({ index }, position) => index === position)
  const readers = inOrder.flatMap((parameter) => readerOf(parameter) ?? [])
  return isComplete && readers.length === params.length && readers.length <= MAX_PARAMETERS ? readers : undefined
}

function readerOf(parameter: ParameterMetadata): ReadParameter | undefined {
  switch (parameter.kind) {
    case 'root':
      return parameter.propertyName || parameter.getType ? undefined : (root) => root
    case 'context':
      return parameter.propertyName ? undefined : (_root, _args, context) => context
    case 'info':
      return (_root, _args, _context, info) => info
    case 'arg':
      return isInputObject(parameter.getType()) || parameter.validateFn ? undefined : (_root, args) => args[parameter.name]
    default:
      return undefined
  }
}

function isInputObject(type: unknown): boolean {
  return getMetadataStorage().inputTypes.some(({ target }) => target === type)
}

const MAX_PARAMETERS = 4
const nothing: ReadParameter = () => undefined

function directResolver(
  instance: Record<string, ResolverMethod>,
  name: string,
  [first = nothing, second = nothing, third = nothing, fourth = nothing]: ReadParameter[],
): FieldResolver {
  const method = (instance[name] as ResolverMethod).bind(instance)
  return (root, args, context, info) =>
    method(
      first(root, args, context, info),
      second(root, args, context, info),
      third(root, args, context, info),
      fourth(root, args, context, info),
    )
}
