import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config/config.js'

const parse = (environment: Record<string, string>) => parseConfig(environment).mail
const FROM = { MAIL_FROM: 'billing@example.com' }

test('without a server, mail is not configured', () => {
  expect(parse({})).toBeUndefined()
})

test.each([
  ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, isSecure: false, requiresTls: false, credentials: undefined }],
  ['smtps://mail.example.com', { host: 'mail.example.com', port: 465, isSecure: true, requiresTls: false, credentials: undefined }],
  [
    'smtp://billing%40example.com:p%2Fw%3A@mail.example.com:2525/',
    {
      host: 'mail.example.com',
      port: 2525,
      isSecure: false,
      requiresTls: true,
      credentials: { user: 'billing@example.com', password: 'p/w:' },
    },
  ],
  [
    'smtp://u:p@127.0.0.1:25',
    { host: '127.0.0.1', port: 25, isSecure: false, requiresTls: false, credentials: { user: 'u', password: 'p' } },
  ],
  ['smtp://u:p@[::1]:25', { host: '::1', port: 25, isSecure: false, requiresTls: false, credentials: { user: 'u', password: 'p' } }],
])('%s names a server', (url, server) => {
  expect(parse({ MAIL_URL: url, ...FROM })?.server).toEqual(server)
})

test.each([
  ['billing@example.com', { name: 'Example Hosting', address: 'billing@example.com' }],
  ['Billing <billing@example.com>', { name: 'Billing', address: 'billing@example.com' }],
  ['"Billing, Example" <billing@example.com>', { name: 'Billing, Example', address: 'billing@example.com' }],
])('%s is who sends', (from, expected) => {
  expect(parse({ MAIL_URL: 'smtp://localhost', MAIL_FROM: from, COMPANY_NAME: 'Example Hosting' })?.from).toEqual(expected)
})

test.each([
  'mail.example.com',
  'https://mail.example.com',
  'smtp://',
  'smtp://user:hidden@',
  'smtp://user@mail.example.com',
  'smtp://user:hid%den@mail.example.com',
  'smtp://user:hidden@mail.example.com/path',
  'smtp://user:hidden@mail.example.com?tls=no',
  'smtp://user:hidden@mail.example.com:99999',
])('%s is refused, and the error does not contain it', (url) => {
  const start = () => parse({ MAIL_URL: url, ...FROM })
  expect(start).toThrow(/^MAIL_URL: must be like smtp:/)
  expect(start).not.toThrow(/hidden|hid%/)
})

test('one variable requires the other', () => {
  expect(() => parse({ MAIL_URL: 'smtp://u:hidden@localhost' })).toThrow(/^MAIL_FROM: required with MAIL_URL/)
  expect(() => parse(FROM)).toThrow(/^MAIL_URL: required with MAIL_FROM/)
})

test.each(['billing', 'a@b', 'billing@example.com, other@example.com', 'Billing <billing>', 'a@example.com\r\nBcc: eve@example.com'])(
  '%j cannot send',
  (from) => expect(() => parse({ MAIL_URL: 'smtp://localhost', MAIL_FROM: from })).toThrow(/^MAIL_FROM: must be an address/),
)
