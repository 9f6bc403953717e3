import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const FULL = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
})
const times = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, index) => part(index)).join(' ')

test('serves the default queries of tools to anonymous clients repeatedly', async () => {
  for (let count = 0; count < 15; count += 1) {
    const { errors, data } = await server.ask(undefined, count % 2 ? FULL : getIntrospectionQuery())
    expect(errors).toBeUndefined()
    expect(data.__schema.types.length).toBeGreaterThan(100)
  }
})

describe('refuses an operation', () => {
  test.each([
    ['with the schema twice', '{ a: __schema { description } b: __schema { description } }', '__schema more than once'],
    [
      'with the schema twice, through fragments',
      '{ ...f ...g } fragment f on Query { a: __schema { description } } fragment g on Query { b: __schema { description } }',
      '__schema more than once',
    ],
    ['with six types', `{ ${times(6, (n) => `a${n}: __type(name: "Plan") { name }`)} }`, '__type more than 5 times'],
    [
      'with six types, through a fragment',
      `{ ${times(3, (n) => `...f${n}`)} } ${times(3, (n) => `fragment f${n} on Query { a${n}: __type(name: "Plan") { name } b${n}: __type(name: "Plan") { name } }`)}`,
      '__type more than 5 times',
    ],
    ['with many aliases in the schema', `{ __schema { ${times(60, (n) => `a${n}: types { name }`)} } }`, 'more than 50 aliases'],
    [
      'that costs too much',
      `{ __schema { ${times(20, (n) => `a${n}: types { ...T }`)} } }
       fragment T on __Type { fields { args { type { ...R } } type { ...R } } }
       fragment R on __Type { ofType { ofType { ofType { ofType { ofType { name } } } } } }`,
      'costs',
    ],
    ['that is too deep', `{ __schema { types { ${'ofType { '.repeat(14)} name ${'}'.repeat(14)} } } }`, 'deeper than 15'],
    ['with too many directives', `{ __schema { description ${'@include(if: true) '.repeat(51)} } }`, 'directive'],
  ])('%s', async (_what, query, message) => {
    const { data, errors } = await server.ask(undefined, query)
    expect(data).toBeUndefined()
    expect(errors?.[0]?.message).toContain(message)
  })

  test('with the code QUERY_TOO_COMPLEX', async () => {
    const { status, errors } = await server.ask(undefined, '{ a: __schema { description } b: __schema { description } }')
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'QUERY_TOO_COMPLEX'])
  })
})

test('serves five types in one operation', async () => {
  const { data } = await server.ask(undefined, `{ ${times(5, (n) => `a${n}: __type(name: "Plan") { name }`)} }`)
  expect(Object.keys(data)).toHaveLength(5)
})
