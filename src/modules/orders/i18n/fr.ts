import type { ItemMessages } from './messages.js'

const INTERVALS = { MONTH: '1 mois', YEAR: '1 an' } as const

export const french: ItemMessages = {
  plan: (plan, interval) => `${plan}, ${INTERVALS[interval]}`,
  rest: (plan) => `${plan}, reste de la période`,
  unused: (plan) => `${plan}, partie non utilisée de la période`,
  planChange: (plan) => `Passage à ${plan}, reste de la période`,
  discount: 'Remise',
  order: 'Commande',
  topUp: 'Rechargement du solde',
}
