import type { ItemMessages } from './messages.js'

const INTERVALS = { MONTH: '1 month', YEAR: '1 year' } as const

export const english: ItemMessages = {
  plan: (plan, interval) => `${plan}, ${INTERVALS[interval]}`,
  rest: (plan) => `${plan}, rest of the period`,
  unused: (plan) => `${plan}, unused part of the period`,
  planChange: (plan) => `Change to ${plan}, rest of the period`,
  discount: 'Discount',
  order: 'Order',
  topUp: 'Balance top-up',
}
