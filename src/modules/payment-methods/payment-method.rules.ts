/** What the placeholders of instructions stand for. */
export interface Placeholders {
  /** The number of the invoice, or the id of an order that has none. */
  readonly invoice: string
  /** The amount to pay, formatted. */
  readonly amount: string
}

/** Replaces `{invoice}` and `{amount}`: "Reference: {invoice}" becomes "Reference: INV-2026-000001". Other braces stay. */
export function fillInstructions(instructions: string, { invoice, amount }: Placeholders): string {
  return instructions.replaceAll('{invoice}', () => invoice).replaceAll('{amount}', () => amount)
}
