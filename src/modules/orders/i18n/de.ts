import type { ItemMessages } from './messages.js'

const INTERVALS = { MONTH: '1 Monat', YEAR: '1 Jahr' } as const

export const german: ItemMessages = {
  plan: (plan, interval) => `${plan}, ${INTERVALS[interval]}`,
  rest: (plan) => `${plan}, Rest des Abrechnungszeitraums`,
  unused: (plan) => `${plan}, ungenutzter Teil des Abrechnungszeitraums`,
  planChange: (plan) => `Wechsel zu ${plan}, Rest des Abrechnungszeitraums`,
  discount: 'Rabatt',
  order: 'Bestellung',
  topUp: 'Guthabenaufladung',
}
