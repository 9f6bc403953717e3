import { itemMessagesFor } from './i18n/languages.js'
import type { DescribedLine, ItemContent, OrderLine } from './order-item.js'

/**
 * Produces the text of an item: "Pro, 1 month". A stored text has one language only.
 * @param locale  BCP 47
 */
export function describeItem(item: ItemContent, locale: string): string {
  const messages = itemMessagesFor(locale)
  switch (item.kind) {
    case 'TEXT':
      return item.description
    case 'PLAN':
      return messages.plan(item.parameters.plan, item.parameters.interval)
    case 'REST':
      return messages.rest(item.parameters.plan)
    case 'UNUSED':
      return messages.unused(item.parameters.plan)
    case 'PLAN_CHANGE':
      return messages.planChange(item.parameters.plan)
    case 'DISCOUNT': {
      const { name } = item.parameters
      return name === undefined ? messages.discount : `${messages.discount} (${name})`
    }
    case 'ORDER':
      return messages.order
    case 'TOP_UP':
      return messages.topUp
  }
}

/** A summary for lists of orders: "Pro, 1 month", "2 x Extra backup". */
export function describeItems(lines: readonly OrderLine[], locale: string): string {
  return describeLines(lines, locale)
    .map(({ description, quantity }) => (quantity === 1 ? description : `${quantity} x ${description}`))
    .join(', ')
}

/** Produces the texts of the lines of a document. */
export function describeLines(lines: readonly OrderLine[], locale: string): DescribedLine[] {
  return lines.map((line) => {
    const { quantity, unitPrice, amount } = line
    return { description: describeItem(line, locale), quantity, unitPrice, amount }
  })
}
