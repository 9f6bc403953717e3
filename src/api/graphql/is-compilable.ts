import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql'

/**
 * Whether graphql-jit returns the same results as graphql-js. By measurement, these differ:
 * - Directives: fields of a fragment that is spread twice under `@skip` or `@include` are lost.
 * - A variable inside an input object or a list: when omitted, it becomes null instead of staying absent.
 * - A variable `$x: T! = default`: omitting it is an error.
 * Mutations are never compiled: their speed does not matter, and they must not depend on a compiler.
 */
export function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return operation.operation === OperationTypeNode.QUERY && reachableSelections(document, operation).every(hasNoDirectives)
}

/** The operation, and the fragments that it spreads directly or through other fragments. */
function reachableSelections({ definitions }: DocumentNode, operation: OperationDefinitionNode): ASTNode[] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const reached = new Set<ASTNode>([operation])
  for (const node of reached) {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value)
        if (fragment) reached.add(fragment)
      },
    })
  }
  return [...reached]
}

function hasNoDirectives(definition: ASTNode): boolean {
  let isPlain = true
  const reject = () => {
    isPlain = false
    return BREAK
  }
  visit(definition, {
    Directive: reject,
    VariableDefinition: ({ type, defaultValue }) => (type.kind === Kind.NON_NULL_TYPE && defaultValue ? reject() : undefined),
    Variable: (_node, _key, parent) => (isWholeArgument(parent) ? undefined : reject()),
  })
  return isPlain
}

/** Whether a variable with this parent is declared there, or is a whole argument. */
function isWholeArgument(parent: ASTNode | readonly ASTNode[] | undefined): boolean {
  return parent !== undefined && 'kind' in parent && (parent.kind === Kind.ARGUMENT || parent.kind === Kind.VARIABLE_DEFINITION)
}
