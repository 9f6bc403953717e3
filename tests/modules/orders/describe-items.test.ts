import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../../src/core/languages.js'
import { describeItem, describeItems } from '../../../src/modules/orders/describe-items.js'
import { ORDER_ITEM_KINDS } from '../../../src/modules/orders/order.enums.js'
import { linesForPlan, singleLine } from '../../../src/modules/orders/order.rules.js'
import { type ItemContent, parseOrderItem } from '../../../src/modules/orders/order-item.js'

const plan = 'Pro'

/** The texts in the order of LANGUAGES: English, German, French, Spanish. */
const TEXTS: [ItemContent, string[]][] = [
  [{ kind: 'PLAN', parameters: { plan, interval: 'MONTH' } }, ['Pro, 1 month', 'Pro, 1 Monat', 'Pro, 1 mois', 'Pro, 1 mes']],
  [{ kind: 'PLAN', parameters: { plan, interval: 'YEAR' } }, ['Pro, 1 year', 'Pro, 1 Jahr', 'Pro, 1 an', 'Pro, 1 año']],
  [
    { kind: 'REST', parameters: { plan } },
    ['Pro, rest of the period', 'Pro, Rest des Abrechnungszeitraums', 'Pro, reste de la période', 'Pro, resto del periodo'],
  ],
  [
    { kind: 'UNUSED', parameters: { plan } },
    [
      'Pro, unused part of the period',
      'Pro, ungenutzter Teil des Abrechnungszeitraums',
      'Pro, partie non utilisée de la période',
      'Pro, parte no utilizada del periodo',
    ],
  ],
  [
    { kind: 'PLAN_CHANGE', parameters: { plan } },
    [
      'Change to Pro, rest of the period',
      'Wechsel zu Pro, Rest des Abrechnungszeitraums',
      'Passage à Pro, reste de la période',
      'Cambio a Pro, resto del periodo',
    ],
  ],
  [{ kind: 'DISCOUNT', parameters: {} }, ['Discount', 'Rabatt', 'Remise', 'Descuento']],
  [{ kind: 'DISCOUNT', parameters: { name: 'SPRING' } }, ['Discount (SPRING)', 'Rabatt (SPRING)', 'Remise (SPRING)', 'Descuento (SPRING)']],
  [{ kind: 'ORDER', parameters: {} }, ['Order', 'Bestellung', 'Commande', 'Pedido']],
  [{ kind: 'TOP_UP', parameters: {} }, ['Balance top-up', 'Guthabenaufladung', 'Rechargement du solde', 'Recarga de saldo']],
  [{ kind: 'TEXT', description: 'Extra backup' }, ['Extra backup', 'Extra backup', 'Extra backup', 'Extra backup']],
]

describe('the text of an item', () => {
  test.each(TEXTS)('%o is written in every language', (item, texts) => {
    expect(LANGUAGES.map((language) => describeItem(item, language))).toEqual(texts)
  })
  test('exists for every kind', () => {
    expect(new Set(TEXTS.map(([{ kind }]) => kind))).toEqual(new Set(ORDER_ITEM_KINDS))
  })
  test.each([
    ['de-AT', 'Bestellung'],
    ['DE', 'Bestellung'],
    ['es-419', 'Pedido'],
    ['en-GB', 'Order'],
    ['pl-PL', 'Order'],
    ['den', 'Order'],
  ])('for the locale %s is %s', (locale, text) => {
    expect(describeItem({ kind: 'ORDER', parameters: {} }, locale)).toBe(text)
  })
})

test('a summary joins the texts of the lines and states quantities above one', () => {
  const backups = { ...singleLine({ kind: 'TEXT', description: 'Backup' }, 179n), quantity: 5, amount: 895n }
  const lines = [...linesForPlan({ name: plan, interval: 'YEAR' }, 1500n), backups]
  expect(describeItems(lines, 'de')).toBe('Pro, 1 Jahr, 5 x Backup')
})

describe('a stored item', () => {
  const amounts = { quantity: 1, unitPrice: 1500n, amount: 1500n }

  test('is read with its kind and parameters', () => {
    const stored = { kind: 'PLAN', parameters: { plan, interval: 'MONTH' }, description: null, ...amounts } as const
    expect(parseOrderItem(stored)).toEqual(linesForPlan({ name: plan, interval: 'MONTH' }, 1500n)[0])
  })
  test('of the kind TEXT is read with its text', () => {
    const stored = { kind: 'TEXT', parameters: {}, description: 'Setup', ...amounts } as const
    expect(parseOrderItem(stored)).toEqual({ kind: 'TEXT', description: 'Setup', ...amounts })
  })
  test.each([
    ['a plan without its name', { kind: 'PLAN', parameters: { interval: 'MONTH' }, description: null }],
    ['a plan with an unknown interval', { kind: 'PLAN', parameters: { plan, interval: 'WEEK' }, description: null }],
    ['a text without its text', { kind: 'TEXT', parameters: {}, description: null }],
  ] as const)('is refused when it is %s', (_case, item) => {
    expect(() => parseOrderItem({ ...item, ...amounts })).toThrow()
  })
})
