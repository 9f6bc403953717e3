import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../../src/core/languages.js'
import { mailMessagesFor } from '../../../src/modules/mail/i18n/languages.js'
import type { MailFacts } from '../../../src/modules/mail/i18n/messages.js'
import { MAIL_KINDS, type MailKind } from '../../../src/modules/mail/mail.enums.js'
import type { MailContent } from '../../../src/modules/mail/mail-content.js'
import { renderMail } from '../../../src/modules/mail/render-mail.js'
import type { Services } from '../../../src/modules/services.js'

const FACTS: MailFacts = {
  seller: '<seller>',
  order: '<order>',
  plan: '<plan>',
  planBefore: '<before>',
  amount: '<amount>',
  newAmount: '<new amount>',
  day: '<day>',
  document: '<document>',
  documentKind: 'INVOICE',
  isPaid: false,
  isTopUp: false,
  isToBalance: false,
  isOverdue: false,
  request: '<request>',
  receivedAt: '<received at>',
  endsAt: '<ends at>',
  isWithdrawal: false,
  isEnded: false,
}
const VARIANTS: Partial<MailFacts>[] = [
  {},
  { isPaid: true },
  { documentKind: 'CREDIT_NOTE', isPaid: true },
  { isTopUp: true },
  { isToBalance: true },
  { isOverdue: true },
  { isEnded: true },
  { isWithdrawal: true, isEnded: true },
  { request: '' },
  { request: '', receivedAt: '' },
]
const WITHOUT_PRICE = { amount: '' }

/** The variants of the facts that a kind can have. */
const variantsOf = (kind: MailKind) => (kind === 'TRIAL_ENDING' ? [...VARIANTS, WITHOUT_PRICE] : VARIANTS)

/** What the text of a kind must state, in every language. */
const REQUIRED: Record<MailKind, (keyof MailFacts)[]> = {
  ORDER_PLACED: ['order', 'seller'],
  INVOICE: ['document', 'seller', 'amount', 'day'],
  PAYMENT_RECEIVED: ['amount', 'order'],
  PAYMENT_FAILED: ['plan', 'day'],
  RENEWAL_UPCOMING: ['plan', 'day', 'amount'],
  PRICE_CHANGING: ['plan', 'day', 'amount', 'newAmount'],
  INVOICE_DUE: ['document', 'amount', 'day'],
  INVOICE_OVERDUE: ['document', 'amount', 'day'],
  SUSPENDED: ['plan'],
  RESUMED: ['plan'],
  CANCELLED: ['plan', 'receivedAt', 'endsAt'],
  TERMINATED: ['plan'],
  TRIAL_ENDING: ['plan', 'day', 'amount'],
  REFUND_REQUESTED: ['amount', 'order', 'receivedAt', 'request'],
  REFUND: ['amount', 'order', 'receivedAt', 'request'],
  PLAN_CHANGED: ['plan', 'planBefore'],
}

const textsOf = (language: string, kind: MailKind, facts: MailFacts) => {
  const { subject, heading, paragraphs } = mailMessagesFor(language).messages.mails[kind](facts)
  return [subject, heading, ...paragraphs]
}

describe.each(LANGUAGES)('%s', (language) => {
  test.each(MAIL_KINDS)('has every text of %s', (kind) => {
    for (const variant of variantsOf(kind)) {
      const texts = textsOf(language, kind, { ...FACTS, ...variant })
      expect(texts.length).toBeGreaterThan(2)
      for (const text of texts) expect(text).toMatch(/^\S.*\S$/)
      expect(texts.join()).not.toMatch(/undefined|null|\[object|NaN/)
    }
    const text = textsOf(language, kind, FACTS).join('\n')
    for (const name of REQUIRED[kind]) expect(text).toContain(FACTS[name])
  })

  test.each(MAIL_KINDS)('states each variant of %s in a text of its own', (kind) => {
    const variants = (other: string) => variantsOf(kind).map((variant) => textsOf(other, kind, { ...FACTS, ...variant }).join('\n'))
    const distinct = (texts: string[]) => texts.map((text) => texts.indexOf(text))
    expect(distinct(variants(language))).toEqual(distinct(variants('en')))
  })

  test('has labels that differ from those of other languages', () => {
    const { labels, buttons } = mailMessagesFor(language).messages
    const english = mailMessagesFor('en').messages
    expect(Object.keys(labels)).toEqual(Object.keys(english.labels))
    for (const text of Object.values(labels)) expect(text).toMatch(/^\S.*\S$/)
    if (language === 'en') return
    expect(Object.values(labels).filter((text) => Object.values(english.labels).includes(text)).length).toBeLessThan(3)
    for (const name of ['order', 'pay', 'portal'] as const) expect(buttons[name]).not.toBe(english.buttons[name])
  })
})

test('other languages are English, with English dates and amounts', () => {
  expect(mailMessagesFor('pt-BR')).toEqual(mailMessagesFor('en'))
  expect(mailMessagesFor('de-AT')).toMatchObject({ locale: 'de-AT', messages: mailMessagesFor('de').messages })
})

const CONTENT: MailContent = {
  name: 'Ada Lovelace',
  order: '101',
  isTopUp: false,
  items: [{ kind: 'PLAN', parameters: { plan: 'Pro', interval: 'MONTH' }, description: null, quantity: 1 }],
  plan: 'Pro',
  planBefore: 'Starter',
  amount: { minorUnits: '123456', currency: 'EUR' },
  newAmount: { minorUnits: '199900', currency: 'EUR' },
  at: '2027-01-01T12:00:00.000Z',
  isToBalance: false,
  isOverdue: true,
  contract: 'sub_17',
  declaration: 'CANCELLATION',
  request: 'Widerruf <b>',
  receivedAt: '2026-12-16T22:47:00.000Z',
  documents: [
    {
      id: 7,
      kind: 'INVOICE',
      isByMerchant: false,
      number: 'INV-2026-000007',
      total: { minorUnits: '123456', currency: 'EUR' },
      due: { minorUnits: '123456', currency: 'EUR' },
      dueAt: '2027-01-01T12:00:00.000Z',
    },
  ],
}
const SERVICES = {
  clock: { now: () => new Date('2026-12-05T10:00:00.000Z') },
  config: {
    publicUrl: 'https://billing.example.com',
    auth: { secret: 'x'.repeat(40), previousSecrets: [] },
    invoices: {
      issuer: {
        company: 'Example Hosting',
        name: 'Example Hosting GmbH',
        address: 'Musterweg 1',
        zip: '10115',
        city: 'Berlin',
        country: 'DE',
        taxId: 'DE136695976',
      },
      accentColor: '#ffd400',
      timeZone: 'Europe/Berlin',
      linkSecrets: [],
      linkTtlSeconds: 3600,
    },
  },
} as unknown as Pick<Services, 'clock' | 'config'>

const render = (kind: MailKind, locale: string) =>
  renderMail(
    SERVICES,
    { kind, content: CONTENT, locale, organisationId: null },
    { logo: undefined, portalUrl: 'https://billing.example.com/portal/session/token' },
  )

test.each([
  ['en-US', '€1,234.56', 'January 1, 2027', 'Pro, 1 month', 'VAT ID: DE136695976', 'Germany'],
  ['de-DE', '1.234,56\u00a0€', '1. Januar 2027', 'Pro, 1 Monat', 'USt-IdNr.: DE136695976', 'Deutschland'],
  ['fr-FR', '1\u202f234,56\u00a0€', '1er janvier 2027', 'Pro, 1 mois', 'N°\u00a0TVA\u00a0: DE136695976', 'Allemagne'],
  ['es-ES', '1234,56\u00a0€', '1 de enero de 2027', 'Pro, 1 mes', 'NIF-IVA: DE136695976', 'Alemania'],
])('%s formats amounts, dates, items and the seller', (locale, amount, day, item, taxId, country) => {
  const { text, html } = render('INVOICE', locale)
  const squeezed = text.replaceAll(/\s+/g, ' ')
  for (const part of [amount, day, item, taxId, country]) expect(squeezed).toContain(part.replaceAll(/\s+/g, ' '))
  expect(html).toContain(`<html lang="${locale}"`)
  expect(html).toContain(`>${amount}<`)
})

test.each(MAIL_KINDS)('%s has the same content as text and as HTML', (kind) => {
  for (const locale of LANGUAGES) {
    const { subject, text, html } = render(kind, locale)
    expect(subject.length).toBeLessThan(120)
    const words = html
      .replace(/<style>.*?<\/style>|<title>.*?<\/title>/gs, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      .replaceAll('&nbsp;', ' ')
    const squeeze = (each: string) => each.replaceAll(/\s+/g, '')
    for (const line of text.split('\n').filter((each) => !/^[=-]|^https:/.test(each))) {
      for (const part of line.split(': ')) expect(squeeze(words)).toContain(squeeze(part))
    }
  }
})

const DECLARATIONS: [string, MailKind, string[]][] = [
  [
    'en-GB',
    'CANCELLED',
    [
      'Your cancellation of Pro',
      'The cancellation of your plan Pro reached us on 16 December 2026 at 23:47 CET.',
      'Your plan ends on 1 January 2027 at 13:00 CET. You can use it until then, and it is not renewed.',
      'Contract: sub_17',
      'Your declaration: Ordinary cancellation at the next possible time',
      'Received on: 16 December 2026 at 23:47 CET',
      'Ends on: 1 January 2027 at 13:00 CET',
    ],
  ],
  [
    'de-DE',
    'CANCELLED',
    [
      'Kündigung Ihres Tarifs Pro',
      'Die Kündigung Ihres Tarifs Pro ist am 16. Dezember 2026 um 23:47 MEZ bei uns eingegangen.',
      'Ihr Vertrag endet am 1. Januar 2027 um 13:00 MEZ. Bis dahin können Sie den Tarif nutzen; er verlängert sich nicht.',
      'Vertrag: sub_17',
      'Ihre Erklärung: Ordentliche Kündigung zum nächstmöglichen Zeitpunkt',
      'Eingegangen am: 16. Dezember 2026 um 23:47 MEZ',
      'Endet am: 1. Januar 2027 um 13:00 MEZ',
    ],
  ],
  [
    'fr-FR',
    'CANCELLED',
    [
      'Votre résiliation de Pro',
      'La résiliation de votre formule Pro nous est parvenue le 16 décembre 2026 à 23:47 UTC+1.',
      'Votre contrat prend fin le 1er janvier 2027 à 13:00 UTC+1. D’ici là, vous pouvez utiliser la formule ; elle ne sera pas renouvelée.',
      'Votre déclaration : Résiliation ordinaire à la prochaine échéance possible',
    ],
  ],
  [
    'es-ES',
    'CANCELLED',
    [
      'Su cancelación de Pro',
      'La cancelación de su plan Pro nos llegó el 16 de diciembre de 2026 a las 23:47 CET.',
      'Su contrato termina el 1 de enero de 2027 a las 13:00 CET. Hasta entonces puede usar el plan, y no se renovará.',
      'Su declaración: Cancelación ordinaria en la próxima fecha posible',
    ],
  ],
  ...(['REFUND_REQUESTED', 'REFUND'] as const).flatMap((kind): [string, MailKind, string[]][] => [
    [
      'en-GB',
      kind,
      [
        'Your declaration about order 101 reached us on 16 December 2026 at 23:47 CET: “Widerruf <b>”.',
        'Plan: Pro',
        'Received on: 16 December 2026 at 23:47 CET',
      ],
    ],
    [
      'de-DE',
      kind,
      [
        'Ihre Erklärung zur Bestellung 101 ist am 16. Dezember 2026 um 23:47 MEZ bei uns eingegangen: „Widerruf <b>“.',
        'Ihre Erklärung: Widerruf <b>',
        'Eingegangen am: 16. Dezember 2026 um 23:47 MEZ',
      ],
    ],
    [
      'fr-FR',
      kind,
      ['Votre déclaration concernant la commande 101 nous est parvenue le 16 décembre 2026 à 23:47 UTC+1 : « Widerruf <b> ».'],
    ],
    ['es-ES', kind, ['Su declaración sobre el pedido 101 nos llegó el 16 de diciembre de 2026 a las 23:47 CET: «Widerruf <b>».']],
  ]),
]

test.each(DECLARATIONS)('%s states in %s what was declared and when', (locale, kind, parts) => {
  const { subject, text, html } = render(kind, locale)
  const squeeze = (each: string) => each.replaceAll(/\s+/g, ' ')
  for (const part of parts) expect(squeeze(`${subject} ${text}`)).toContain(part)
  expect(html).not.toContain('<b>')
})

test('the colour of the seller can be read on every background', () => {
  const { html } = render('INVOICE', 'en')
  // Yellow: dark text on the button, and a darker shade for the amount.
  expect(html).toContain('background:#ffd400;color:#1b1f24')
  expect(html).not.toContain('color:#ffd400;font-size')
})
