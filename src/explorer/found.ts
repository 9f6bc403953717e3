/** What the steps of the tour have found so far, for those after them. */
export interface Found {
  /** Ids of two plans of the demo data. */
  starter: string
  pro: string
  /** A pending order of the customer. */
  orderId?: string | undefined
  invoiceId?: string | undefined
  /** The order of the current subscription. */
  paidOrderId?: string | undefined
  /** What the checkout is for; Pro unless a link said something else. */
  checkoutPlan?: string | undefined
  /** The server's time. */
  now?: string | undefined
  orderKey: string
  checkoutKey: string
}

const STORAGE_KEY = 'quittance-tour'

/** @returns what this browser tab knows already: a reload goes on where the tour was */
export function loadFound(): Found {
  const fresh = { starter: '2', pro: '3', orderKey: newKey(), checkoutKey: newKey() }
  try {
    return { ...fresh, ...JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '{}') }
  } catch {
    return fresh
  }
}

export function saveFound(found: Found): void {
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(found))
}

export function forgetFound(): void {
  sessionStorage.removeItem(STORAGE_KEY)
}

/** An idempotency key. */
export function newKey(): string {
  return `tour-${crypto.randomUUID().slice(0, 8)}`
}

/** @param path  such as "orders.nodes.0.id" */
export function textAt(data: unknown, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>((each, key) => (each as Record<string, unknown> | null | undefined)?.[key], data)
  return typeof value === 'string' ? value : undefined
}
