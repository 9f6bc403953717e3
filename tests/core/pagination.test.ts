import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildPage, encodeCursor, parsePageRequest } from '../../src/core/pagination.js'

test('decodes every cursor that it has encoded', () => {
  const positions = fc.record({
    at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
    id: fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }),
  })
  fc.assert(
    fc.property(positions, (position) => {
      expect(parsePageRequest({ after: encodeCursor(position) }).after).toEqual(position)
    }),
  )
})

test.each([
  '',
  'x',
  'MTIz',
  Buffer.from('1.2.3').toString('base64url'),
  Buffer.from('1.0x2').toString('base64url'),
  // PostgreSQL has no times before 4713 BC.
  Buffer.from('-999999999999999.1').toString('base64url'),
  `${encodeCursor({ at: new Date(5), id: 1 })}=`,
])('refuses the cursor "%s" and names its field', (cursor) => {
  expect(() => parsePageRequest({ after: cursor })).toThrow(/^after: /)
  expect(() => parsePageRequest({ before: cursor })).toThrow(/^before: /)
})

test('either decodes or refuses any text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        expect(encodeCursor(parsePageRequest({ after: text }).after ?? { at: new Date(0), id: 0 })).toBe(text)
      } catch (error) {
        expect(String(error)).toContain('after: ')
      }
    }),
  )
})

test.each([
  [{ first: 0 }, 'first'],
  [{ first: 101 }, 'first'],
  [{ first: -1 }, 'first'],
  [{ last: 101 }, 'last'],
  [{ first: 1, last: 1 }, 'last'],
])('refuses %j', (request, field) => expect(() => parsePageRequest(request)).toThrow(new RegExp(`^${field}: `)))

test('reports whether the list continues in either direction', () => {
  const position = (id: number) => ({ at: new Date(id), id: BigInt(id) })
  expect(buildPage(parsePageRequest({ first: 2 }), [3, 2, 1], position)).toMatchObject({
    nodes: [3, 2],
    pageInfo: { hasNextPage: true, hasPreviousPage: false },
  })
  expect(buildPage(parsePageRequest({ last: 2 }), [1, 2, 3], position)).toMatchObject({
    nodes: [2, 1],
    pageInfo: { hasNextPage: false, hasPreviousPage: true },
  })
  expect(buildPage(parsePageRequest({}), [], position).pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: null,
  })
})
