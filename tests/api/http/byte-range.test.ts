import { expect, test } from 'vitest'
import { parseByteRange } from '../../../src/api/http/byte-range.js'

test.each([
  ['bytes=0-0', [0, 1]],
  ['bytes=0-9', [0, 10]],
  ['bytes=10-19', [10, 20]],
  ['bytes=99-', [99, 100]],
  ['bytes=0-', [0, 100]],
  ['bytes=90-1000', [90, 100]],
  ['bytes=90-99999999999999999999999999', [90, 100]],
  ['bytes=-5', [95, 100]],
  ['bytes=-100', [0, 100]],
  // A suffix longer than the file is the whole file.
  ['bytes=-101', [0, 100]],
  ['Bytes= 10-19 ', [10, 20]],
])('%s of 100 bytes is a range', (header, [start, end]) => {
  expect(parseByteRange(header, 100)).toEqual({ start, end })
})

test.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=99999999999999999999999999-'])(
  '%s of 100 bytes is unsatisfiable',
  (header) => {
    expect(parseByteRange(header, 100)).toBe('unsatisfiable')
  },
)

test.each([
  '',
  'bytes',
  'bytes=',
  'bytes=-',
  'bytes=5-2',
  'bytes=a-b',
  'bytes=5x-9',
  'bytes=1.5-2',
  'bytes=--5',
  'lines=1-2',
  'bytes=0-1,5-6',
  '0-9',
])('"%s" is ignored', (header) => {
  expect(parseByteRange(header, 100)).toBeUndefined()
})
