import { describe, expect, test } from 'vitest'
import { reasonOf, resultOfError } from '../../../src/platform/mail/smtp-error.rules.js'

const refusal = (response: string, command = 'RCPT TO') => ({
  message: 'refused',
  command,
  responseCode: Number(response.slice(0, 3)),
  response,
})

describe('an address', () => {
  test.each([
    '550 5.1.1 No such user',
    '550 No such user',
    '551 5.1.6 Moved',
    '550 5.2.1 Mailbox disabled',
    '553 5.1.3 Bad address',
    '556 5.1.10 Recipient address has null MX',
    '550-5.1.1 Two lines',
  ])('has bounced by "%s" to RCPT TO', (response) => expect(resultOfError(refusal(response), []).outcome).toBe('BOUNCED'))

  test.each([
    '450 4.2.1 Busy',
    '451 4.7.1 Greylisted',
    '421 Closing',
    '552 5.2.2 Mailbox full',
    '552 Mailbox full',
    '550 5.7.1 Relaying denied',
    '550 relay not permitted',
    '550 5.1.8 Sender address rejected',
    '550 Your IP is on our list',
    '554 5.7.1 Blocked',
    '554 blacklisted',
    '503 AUTH first',
    '530 5.7.0 STARTTLS first',
    '535 5.7.8 Sign in',
  ])('has not bounced by "%s" to RCPT TO', (response) => expect(resultOfError(refusal(response), []).outcome).toBe('FAILED'))

  test.each(['MAIL FROM', 'DATA', 'AUTH PLAIN', 'CONN'])('has not bounced by a refusal of %s', (command) =>
    expect(resultOfError(refusal('550 5.1.1 No', command), []).outcome).toBe('FAILED'),
  )

  test('has not bounced without a response', () => {
    expect(resultOfError({ message: 'connect ECONNREFUSED' }, [])).toEqual({ outcome: 'FAILED', reason: 'connect ECONNREFUSED' })
  })
})

test('a reason is one line of limited length without secrets', () => {
  expect(reasonOf({ message: 'x', response: '535 bad\r\n password secret1 \u0000 c2VjcmV0' }, ['secret1', 'c2VjcmV0'])).toBe(
    '535 bad password *** ***',
  )
  expect(reasonOf({ message: 'a'.repeat(1000) }, [])).toHaveLength(500)
  expect(reasonOf({ message: ' ' }, [])).toBe('no reason was given')
})
