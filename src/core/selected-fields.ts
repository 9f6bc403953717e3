import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Documents come again and again, and are the same object as long as Apollo remembers them. */
const selectedFieldsCache = new WeakMap<FieldNode, ReadonlySet<string>>()

/**
 * The names of all fields that are asked for below a field, however deep and whatever their directives say: what is not among
 * them need not be read.
 */
export function selectedFields({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): ReadonlySet<string> {
  const [first] = fieldNodes
  const before = first && fieldNodes.length === 1 ? selectedFieldsCache.get(first) : undefined
  if (before) return before
  const names = new Set<string>()
  const visited = new Set<string>()
  const visit = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value)
      if (selection.kind !== Kind.FRAGMENT_SPREAD) visit(selection.selectionSet)
      else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value)
        visit(fragments[selection.name.value]?.selectionSet)
      }
    }
  }
  for (const { selectionSet } of fieldNodes) visit(selectionSet)
  if (first && fieldNodes.length === 1) selectedFieldsCache.set(first, names)
  return names
}
