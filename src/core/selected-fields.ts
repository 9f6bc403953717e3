import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Cached by syntax node: a repeated operation is the same object while it is in Apollo's document cache. */
const selectedFieldsCache = new WeakMap<FieldNode, ReadonlySet<string>>()

/**
 * Returns the names of all fields that are selected below a field, at any depth and regardless of directives.
 * A field that is not in the set need not be read.
 */
export function selectedFields({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): ReadonlySet<string> {
  const [first] = fieldNodes
  const cached = first && fieldNodes.length === 1 ? selectedFieldsCache.get(first) : undefined
  if (cached) return cached
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
