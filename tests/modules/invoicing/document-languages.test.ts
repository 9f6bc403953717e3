import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../../src/core/languages.js'
import { messagesFor } from '../../../src/modules/invoicing/i18n/languages.js'
import type { Messages } from '../../../src/modules/invoicing/i18n/messages.js'
import { PAYMENT_METHOD_KINDS } from '../../../src/modules/ledger/ledger.enums.js'
import { describeItem } from '../../../src/modules/orders/describe-items.js'

const ENGLISH_WORDS =
  /(?<!\p{L})(the|of|and|is|not|for|by|to|was|with|paid|due|until|from|charge|reverse|invoice|order|payment|refund(ed)?|credit(ed)?|held|taken|added|returned|remaining|amount|scan|how|pay|tax|your|this|plan of|receipt|bank|cash|balance|unused|period)(?!\p{L})/iu
/** Words that these languages share with English. */
const SHARED: Record<string, RegExp> = {
  de: /\b(Status|Position|Banking-App|QR-Code|online|Online-Zahlung)\b/g,
  fr: /\b(Date|Page|Total|due)\b/g,
  es: /\b(Total|plan)\b/g,
}

/** Every text of the messages, with parameters other than words. */
function textsOf(messages: Messages): string[] {
  const day = '4. 5.'
  const functions = [
    ...PAYMENT_METHOD_KINDS.map((kind) => messages.paidOn({ day, kind, reference: '17' })),
    messages.labelled('L', '17'),
    messages.dueOn(day),
    messages.validUntil(day),
    messages.taxOf('T', '19 %', '17'),
    messages.taxIn('T', 'DKK'),
    messages.creditFor('17', day),
    messages.refundedBy(null),
    messages.refundedBy('X'),
    messages.reversal('X'),
    messages.refund('X'),
    messages.paymentCode('17', 'X'),
    messages.statement('X'),
    messages.page(1, 2),
    messages.logo('X'),
    messages.titleForOrder('X', 1),
    messages.titleForPayment('X', 1),
    messages.held(1),
    messages.held(null),
    messages.userWithId('1'),
    messages.organisationWithId('1'),
  ]
  const texts = Object.values(messages).flatMap((value) => {
    if (typeof value === 'string') return value
    return typeof value === 'object' ? (Object.values(value) as string[]) : []
  })
  return [...texts, ...functions]
}

function itemTexts(locale: string): string[] {
  const parameters = { plan: 'X' }
  return [
    describeItem({ kind: 'PLAN', parameters: { plan: 'X', interval: 'MONTH' } }, locale),
    describeItem({ kind: 'PLAN', parameters: { plan: 'X', interval: 'YEAR' } }, locale),
    ...(['REST', 'UNUSED', 'PLAN_CHANGE'] as const).map((kind) => describeItem({ kind, parameters }, locale)),
    describeItem({ kind: 'DISCOUNT', parameters: {} }, locale),
    describeItem({ kind: 'ORDER', parameters: {} }, locale),
    describeItem({ kind: 'TOP_UP', parameters: {} }, locale),
  ]
}

describe.each(LANGUAGES.filter((language) => language !== 'en'))('the texts of documents in %s', (language) => {
  const texts = [...textsOf(messagesFor(language).messages), ...itemTexts(language)]

  test('contain no English word', () => {
    for (const text of texts) {
      const foreign = text.replaceAll(SHARED[language] ?? /$^/g, '')
      expect(ENGLISH_WORDS.exec(foreign)?.[0], text).toBeUndefined()
    }
  })

  test('differ from the English ones', () => {
    const english = [...textsOf(messagesFor('en').messages), ...itemTexts('en')]
    const same = texts.filter((text, index) => text === english[index] && /[a-z]{3}/.test(text))
    // "Date" and "Active" are also French words, "Total" is also a Spanish one, "Organisation" is also a German and a French one.
    expect(same.filter((text) => !['Date', 'Active', 'Total', 'Organisation 1'].includes(text))).toEqual([])
  })

  test('use the apostrophes and spaces of the language', () => {
    for (const text of texts) {
      expect(text).not.toMatch(/['"]| {2}/)
      if (language === 'fr') expect(text).not.toMatch(/[^\u00a0\u202f][:;!?»]|«[^\u00a0\u202f]/)
      else expect(text).not.toMatch(/[ \u00a0][:;!?]/)
    }
  })
})
