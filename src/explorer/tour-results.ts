/** Values from the responses of earlier steps, which later steps use as variables. */
export interface TourResults {
  /** Ids of two plans of the demo data. */
  starter: string
  pro: string
  /** A pending order of the customer. */
  orderId?: string | undefined
  invoiceId?: string | undefined
  /** The order of the current subscription. */
  paidOrderId?: string | undefined
  /** Slug of the plan to check out; Pro by default, another one if a link names it. */
  checkoutPlan?: string | undefined
  /** An invoice of the customer that is not paid yet. */
  openInvoice?: OpenInvoice | undefined
  /** The server's time. */
  now?: string | undefined
  orderKey: string
  checkoutKey: string
}

export interface OpenInvoice {
  id: string
  number: string
  /** The whole invoice, minor units. */
  amount: number
}

const TOUR_STORAGE_KEY = 'quittance-tour'

/** Loads the results of this browser tab, so that a reload continues the tour. */
export function loadResults(): TourResults {
  const fresh = { starter: '2', pro: '3', orderKey: newKey(), checkoutKey: newKey() }
  try {
    return { ...fresh, ...JSON.parse(sessionStorage.getItem(TOUR_STORAGE_KEY) ?? '{}') }
  } catch {
    return fresh
  }
}

export function saveResults(results: TourResults): void {
  sessionStorage.setItem(TOUR_STORAGE_KEY, JSON.stringify(results))
}

export function clearResults(): void {
  sessionStorage.removeItem(TOUR_STORAGE_KEY)
}

/** Generates an idempotency key. */
export function newKey(): string {
  return `tour-${crypto.randomUUID().slice(0, 8)}`
}

/** Reads a string from nested data. @param path  for example "orders.nodes.0.id" */
export function textAt(data: unknown, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>((parent, key) => (parent as Record<string, unknown> | null | undefined)?.[key], data)
  return typeof value === 'string' ? value : undefined
}
