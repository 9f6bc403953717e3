import { formatDecimal } from '../../../core/money.js'
import { parseFloatAmount } from './float-amount.rules.js'
import type { RowReader } from './row-reader.js'

interface ItemContext {
  readonly currency: string
  /** Minor units, without tax. */
  readonly net: bigint
  readonly planName: string | undefined
}

interface ConvertedItems {
  /** In the import's own format; undefined for a single line that describes the order. */
  readonly items: object[] | undefined
  /** Minor units. */
  readonly discount: bigint
}

const MAX_DESCRIPTION_LENGTH = 1000

/**
 * Converts the items of an order: JSON with `price` or `unit_price`, `quantity` or `qty`, or a text such as
 * `Pro plan (manual)`. EcliPanel subtracts a coupon from the amount and leaves the items unchanged.
 */
export function orderItems(reader: RowReader, { currency, net, planName }: ItemContext): ConvertedItems {
  const discount = reader.amount('discountAmount', currency) ?? 0n
  const fallback = reader.line('description') ?? planName ?? 'Order'
  const parsed = reader.json('items')
  const entries = Array.isArray(parsed) ? (parsed as unknown[]) : parsed ? [parsed] : []
  if (entries.length === 0) {
    const text = itemText(reader, fallback)
    const price = formatDecimal({ minorUnits: net + discount, currency })
    return { items: [{ description: text, price }], discount }
  }
  const lines = entries.map((entry) => convertItem(reader, entry, { currency, fallback }))
  const sum = lines.reduce((total, { amount }) => total + amount, 0n)
  const items = lines.map(({ item }) => item)
  // A renewal repeats the amount after the discount.
  return { items, discount: discount > 0n && sum === net ? 0n : discount }
}

/** EcliPanel writes `plan:2` and `admin:manual` for orders that are described elsewhere. */
function itemText(reader: RowReader, fallback: string): string {
  const stored = reader.value('items')
  const text = typeof stored === 'string' ? stored.replace(/\s+/g, ' ').trim() : ''
  return text === '' || text === '[]' || text === '{}' || /^(plan:\d+|admin:manual)$/.test(text)
    ? fallback
    : text.slice(0, MAX_DESCRIPTION_LENGTH)
}

function convertItem(
  reader: RowReader,
  entry: unknown,
  { currency, fallback }: { currency: string; fallback: string },
): { item: object; amount: bigint } {
  const values: Record<string, unknown> = entry !== null && typeof entry === 'object' ? { ...entry } : { description: entry }
  const description = String(values.description ?? values.name ?? fallback)
    .replace(/\s+/g, ' ')
    .trim()
  const quantity = Number(values.quantity ?? values.qty ?? 1)
  const price = parseFloatAmount(String(values.price ?? values.unit_price ?? '0'), currency)
  if (!Number.isInteger(quantity) || quantity < 1) reader.reject('items', 'the quantity must be a whole number of 1 or more')
  if (price === undefined) reader.reject('items', `the price must be an amount in ${currency}`)
  const item = { description: description || fallback, quantity, price: formatDecimal({ minorUnits: price ?? 0n, currency }) }
  return { item, amount: (price ?? 0n) * BigInt(Number.isInteger(quantity) ? quantity : 0) }
}
