import { getDocumentNodeFromSchema } from '@graphql-tools/utils'
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  print,
  visit,
} from 'graphql'
import type { CustomerIdType } from '../../core/ids.js'

/** The types that other subgraphs may extend, by their id. */
export const ENTITY_TYPES: readonly CustomerIdType[] = ['User', 'Organisation']

/** Value types and fields that other subgraphs may also define, with the same meaning. */
const SHAREABLE_TYPES = new Set(['PageInfo', 'Money'])
const SHAREABLE_QUERIES = new Set(['me'])

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])'

/** Prints the schema with the directives of Apollo Federation 2. */
export function printSubgraph(schema: GraphQLSchema): string {
  const document = visit(getDocumentNodeFromSchema(schema), {
    SchemaDefinition: () => null,
    ObjectTypeDefinition: (node) => ({ ...node, ...federated(node) }),
  })
  return `${LINK}\n\n${print(document)}\n`
}

function federated({ name, fields = [], directives = [] }: ObjectTypeDefinitionNode): Partial<ObjectTypeDefinitionNode> {
  if (name.value === 'Query') return { fields: fields.map(withSharedQuery) }
  if (ENTITY_TYPES.some((type) => type === name.value)) return { directives: [...directives, keyDirective()] }
  return SHAREABLE_TYPES.has(name.value) ? { directives: [...directives, directive('shareable')] } : {}
}

function withSharedQuery(field: FieldDefinitionNode): FieldDefinitionNode {
  return SHAREABLE_QUERIES.has(field.name.value) ? { ...field, directives: [...(field.directives ?? []), directive('shareable')] } : field
}

function keyDirective(): ConstDirectiveNode {
  const fields = { kind: Kind.ARGUMENT, name: nameNode('fields'), value: { kind: Kind.STRING, value: 'id' } } as const
  return { ...directive('key'), arguments: [fields] }
}

function directive(name: string): ConstDirectiveNode {
  return { kind: Kind.DIRECTIVE, name: nameNode(name) }
}

function nameNode(value: string) {
  return { kind: Kind.NAME, value } as const
}
