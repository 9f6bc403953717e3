import type { ItemMessages } from './messages.js'

const INTERVALS = { MONTH: '1 mes', YEAR: '1 año' } as const

export const spanish: ItemMessages = {
  plan: (plan, interval) => `${plan}, ${INTERVALS[interval]}`,
  rest: (plan) => `${plan}, resto del periodo`,
  unused: (plan) => `${plan}, parte no utilizada del periodo`,
  planChange: (plan) => `Cambio a ${plan}, resto del periodo`,
  discount: 'Descuento',
  order: 'Pedido',
  topUp: 'Recarga de saldo',
}
