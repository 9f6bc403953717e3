import { expect, test } from 'vitest'
import { isMailAddress } from '../../src/core/mail-address.js'

test.each([
  'ada@example.com',
  'ada+billing@mail.example.co.uk',
  'jürgen@müller.de',
  "o'hara_1@xn--mller-kva.de",
  `${'a'.repeat(64)}@example.com`,
])('%s is an address', (text) => expect(isMailAddress(text)).toBe(true))

test.each([
  '',
  'ada',
  'ada@',
  '@example.com',
  'ada@localhost',
  'ada@example..com',
  'ada@.example.com',
  'ada@example.com.',
  'ada..b@example.com',
  '.ada@example.com',
  'ada@exam_ple.com',
  'ada@example.com, eve@example.com',
  'Ada <ada@example.com>',
  '"ada"@example.com',
  'ada@example.com\r\nBcc: eve@example.com',
  'ada\u0000@example.com',
  'ada\u202e@example.com',
  'ada b@example.com',
  `${'a'.repeat(65)}@example.com`,
  `a@${'b'.repeat(250)}.com`,
])('%j is not an address', (text) => expect(isMailAddress(text)).toBe(false))
