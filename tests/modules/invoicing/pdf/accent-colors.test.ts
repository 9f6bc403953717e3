import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrast } from '../../../../src/core/readable-color.js'
import { accentColors } from '../../../../src/modules/invoicing/pdf/accent-colors.js'

const channels = (color: string) => color.split(' ').map(Number)
const WHITE = [1, 1, 1]

test('a dark color is used unchanged', () => {
  expect(accentColors('#0b5cad')).toMatchObject({ area: '0.043 0.361 0.678', text: '0.043 0.361 0.678' })
})

test('a light color keeps its areas, and its text has a darker shade of the same hue', () => {
  const { area, text } = accentColors('#ffd400')
  expect(channels(area)).toEqual([1, 0.831, 0])
  const [red = 0, green = 0, blue = 1] = channels(text)
  expect(red).toBeLessThan(0.7)
  expect(green / red).toBeCloseTo(0.831, 2)
  expect(blue).toBe(0)
})

test('text in every color can be read on white and on the tint', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (number) => {
      const { text, tint } = accentColors(`#${number.toString(16).padStart(6, '0')}`)
      // 4.5, less what rounding to thousandths changes.
      expect(contrast(channels(text), WHITE)).toBeGreaterThan(4.49)
      expect(contrast(channels(text), channels(tint))).toBeGreaterThan(4.47)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['black and white', [0, 0, 0], 21],
  ['a color and itself', [0.5, 0.2, 0.1], 1],
])('the contrast of %s is known', (_case, color, expected) => {
  expect(contrast(color, expected === 21 ? WHITE : color)).toBeCloseTo(expected, 6)
})
