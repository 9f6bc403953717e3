// Writes GraphQL operations as TypeScript constants. Each contains its text, for clients that send it, and its
// syntax tree, for clients with a cache.
import { Kind, parse, print, visit } from 'graphql'

const SUFFIXES = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }

/** @param operations  a document with operations and fragments; fragments are written once */
export function documentConstants({ definitions }) {
  const fragments = new Map(definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment]))
  const order = definitions.filter((definition) => !isFragment(definition))
  return [
    ...[...fragments.values()].map(fragmentConstant),
    ...order.map((operation) => operationConstant(operation, usedFragments(operation, fragments))),
  ]
    .map((line) => `${line}\n`)
    .join('\n')
}

function isFragment({ kind }) {
  return kind === Kind.FRAGMENT_DEFINITION
}

function fragmentConstant(fragment) {
  return `const ${constantName(fragment.name.value)}: Fragment = ${textAndTree(fragment)}`
}

function operationConstant(operation, fragments) {
  const name = operation.name.value
  const type = `${name}${SUFFIXES[operation.operation]}`
  const parts = [textAndTree(operation), ...fragments.map(constantName)].join(', ')
  return `export const ${name}Document: TypedDocument<${type}, ${type}Variables> = /* @__PURE__ */ createDocument(${parts})`
}

function constantName(fragment) {
  return `${fragment[0].toLowerCase()}${fragment.slice(1)}`
}

function textAndTree(definition) {
  const text = print(definition)
  const [tree] = parse(text, { noLocation: true }).definitions
  return `{ text: ${JSON.stringify(text)}, definition: ${JSON.stringify(tree)} }`
}

/** @returns the names of the fragments that a definition contains, with those that they contain */
function usedFragments(definition, fragments, found = new Set()) {
  visit(definition, {
    FragmentSpread: ({ name: { value } }) => {
      if (found.has(value)) return
      found.add(value)
      usedFragments(fragments.get(value), fragments, found)
    },
  })
  return [...found].sort()
}
