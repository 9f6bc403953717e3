import { getOperationAST, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { isCompilable } from '../../../src/api/graphql/is-compilable.js'

function isTextCompilable(text: string, operationName?: string): boolean {
  const document = parse(text)
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Error('no such operation')
  return isCompilable(document, operation)
}

describe('compiles', () => {
  test.each([
    ['a query', '{ me { id } }'],
    ['variables as whole arguments', 'query ($id: ID!, $n: Int = 5) { order(id: $id) { id } orders(first: $n) { nodes { id } } }'],
    ['an input object that is one variable', 'query ($input: In!) { f(input: $input) }'],
    ['literal input objects and lists', '{ f(input: { a: 1, b: [1, 2] }) }'],
    ['fragments, also unused and recursive ones', '{ ...a } fragment a on Query { me { id } ...a } fragment b on Query { me { id } }'],
    ['a query whose document has unsafe fragments elsewhere', '{ me { id } } fragment b on Query { me @skip(if: true) { id } }'],
  ])('%s', (_what, text) => expect(isTextCompilable(text)).toBe(true))
})

describe('does not compile', () => {
  test.each([
    ['a mutation', 'mutation { f }'],
    ['a subscription', 'subscription { f }'],
    ['a directive on a field', '{ me @include(if: true) { id } }'],
    ['a directive on a spread', '{ ...a @skip(if: false) } fragment a on Query { me { id } }'],
    ['a directive on an inline fragment', '{ ... @skip(if: false) { me { id } } }'],
    ['a directive on the operation', 'query @live { me { id } }'],
    ['a directive on a variable', 'query ($a: Int @x) { f(a: $a) }'],
    ['a directive on a fragment', '{ ...a } fragment a on Query @x { me { id } }'],
    ['a directive in a nested fragment', '{ ...a } fragment a on Query { ...b } fragment b on Query { me @skip(if: true) { id } }'],
    ['a default of a non-null variable', 'query ($first: Int! = 2) { orders(first: $first) { nodes { id } } }'],
    ['a variable in an input object', 'query ($a: Int) { f(input: { a: $a }) }'],
    ['a variable in a list', 'query ($a: Int) { f(list: [$a]) }'],
    ['a variable deep inside literals, in a fragment', 'query ($a: Int) { ...a } fragment a on Query { f(input: { b: [{ c: $a }] }) }'],
  ])('%s', (_what, text) => expect(isTextCompilable(text)).toBe(false))
})

test('decides for each operation of a document separately', () => {
  const text = 'query A { me { id } } query B { me @skip(if: true) { id } } mutation C { f }'
  expect(['A', 'B', 'C'].map((name) => isTextCompilable(text, name))).toEqual([true, false, false])
})
