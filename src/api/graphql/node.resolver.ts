import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import { invalidInputError } from '../../core/errors.js'
import { decodeId, type IdType, parseId, parseOrganisationId, parseUserId } from '../../core/ids.js'
import { Node, type TypedRow } from '../../core/node.type.js'
import type { Module } from '../../modules/define-module.js'
import type { RequestContext } from '../../modules/identity/index.js'
import { MODULES } from '../../modules/modules.js'

const MAX_IDS = 100
const READERS: NonNullable<Module['nodes']> = Object.assign({}, ...MODULES.map(({ nodes }) => nodes))

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'An object by its id. Null if it does not exist or you may not view it. Anonymous principals and API keys can read only plans. Public.',
  })
  node(@Ctx() context: RequestContext, @Arg('id', () => ID, { description: 'Id with its prefix.' }) id: string): Promise<TypedRow | null> {
    return readNode(context, 'id', id)
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: `Objects by their ids, at most ${MAX_IDS}, in the same order. Null for those that do not exist or that you may not view. A refused item is null, and the error has its path. Anonymous principals and API keys can read only plans. Public.`,
  })
  nodes(
    @Ctx() context: RequestContext,
    @Arg('ids', () => [ID], { description: 'Ids with their prefixes.' }) ids: string[],
  ): Promise<(TypedRow | Error | null)[]> {
    if (ids.length > MAX_IDS) throw invalidInputError('ids', `must be at most ${MAX_IDS} ids`)
    return Promise.all(ids.map((id, index) => readNode(context, `ids.${index}`, id).catch(asError)))
  }
}

/** GraphQL makes an item that is an error null, and reports the error with the path of the item. */
export function asError(error: Error): Error {
  return error
}

async function readNode(context: RequestContext, field: string, id: string): Promise<TypedRow | null> {
  const type = decodeId(id)?.type
  if (!type) throw invalidInputError(field, 'must be an id with its prefix, for example "ord_101"')
  return readNodeOfType(context, field, id, type)
}

/** @returns null if the object does not exist or the principal may not view it */
export async function readNodeOfType(context: RequestContext, field: string, id: string, type: IdType): Promise<TypedRow | null> {
  const row = await readRow(context, field, id, type)
  return row ? { ...row, __typename: type } : null
}

function readRow(context: RequestContext, field: string, id: string, type: IdType): Promise<object | null> | undefined {
  switch (type) {
    case 'User':
      return READERS.User?.(context, parseUserId(field, id))
    case 'Organisation':
      return READERS.Organisation?.(context, parseOrganisationId(field, id))
    default:
      return READERS[type]?.(context, parseId(field, id, type))
  }
}
