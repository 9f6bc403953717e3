import { readFileSync } from 'node:fs'
import { getIntrospectionQuery } from 'graphql'
import { describe, expect, test } from 'vitest'
import { assertCheapValidation, parsingCost } from '../../../src/api/graphql/operation-limits.js'

const times = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, index) => part(index)).join(' ')

describe('refuses an expensive validation of', () => {
  test.each([
    ['the same field at the root', `{ ${times(990, () => 'plans { id }')} }`, 'too often'],
    ['the same field with arguments', `{ ${times(300, () => 'plan(id: "k") { id name }')} }`, 'too often'],
    ['the same fields nested in each other', `{ ${times(20, () => `orders { ${times(20, () => 'nodes { id }')} }`)} }`, 'too often'],
    ['the same field in inline fragments', `{ ${times(200, () => '... on Query { plans { id } }')} }`, 'too often'],
    [
      'fragments at one place',
      `{ ${times(150, (n) => `...f${n}`)} } ${times(150, (n) => `fragment f${n} on Query { a${n}: now }`)}`,
      'too often',
    ],
    ['an unused fragment', `{ now } fragment f on Query { ${times(200, () => 'plans { id }')} }`, 'too often'],
    ['an operation that is not selected', `query A { now } query B { ${times(200, () => 'plans { id }')} }`, 'too often'],
    [
      'fragments that grow exponentially',
      `{ ...f0 } ${times(30, (n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`)}`,
      'too often',
    ],
    [
      'fragments that expand to many fields',
      `{ me { ...f0 } } ${times(8, (n) => `fragment f${n} on User { ${times(5, (a) => `a${a}: organisations { ...f${n + 1} }`)} }`)}`,
      'expands to more than 20000 selections',
    ],
  ])('%s', (_what, text, message) => {
    const refuse = () => assertCheapValidation(text)
    expect(refuse).toThrow(message)
    expect(refuse).toThrow(expect.objectContaining({ code: 'QUERY_TOO_COMPLEX' }))
  })
})

describe('accepts', () => {
  test.each([
    ['the introspection query of tools', getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true })],
    ['every operation of the cookbook', readFileSync('docs/cookbook.graphql', 'utf8')],
    ['many different fields', `{ ${times(600, (n) => `a${n}: now`)} }`],
    ['a fragment in many places', `{ ${times(40, (n) => `a${n}: me { ...f }`)} } fragment f on User { id email name }`],
    ['a fragment that spreads itself, which validation refuses', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
    ['text that does not parse, which the parser refuses', '{'],
    ['no text', ''],
  ])('%s', (_what, text) => {
    for (let time = 0; time < 2; time += 1) expect(() => assertCheapValidation(text)).not.toThrow()
  })
})

test('parsing costs one point plus one for every 200 characters', () => {
  expect([0, 199, 200, 4000].map((length) => parsingCost('x'.repeat(length)))).toEqual([1, 1, 2, 21])
})
