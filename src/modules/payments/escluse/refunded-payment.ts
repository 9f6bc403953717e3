import type { Prisma, Refund } from '../../../platform/postgres/generated/client.js'

/** Reads a payment together with its refunds to the payment method. */
export const WITH_REFUNDS = {
  refundParts: { where: { destination: 'ORIGINAL' }, include: { refund: true }, orderBy: { id: 'asc' } },
} as const satisfies Prisma.PaymentInclude

export type RefundedPayment = Prisma.PaymentGetPayload<{ include: typeof WITH_REFUNDS }>

/** What is left of a payment, minor units. */
export function refundableAmount({ amount, refundParts }: RefundedPayment): bigint {
  return refundParts.reduce((left, part) => left - part.amount, amount)
}

/** Finds a recorded refund of this amount that no event has reported yet. */
export function findUnreported({ refundParts }: RefundedPayment, amount: bigint): Refund | undefined {
  return refundParts.find(({ refund }) => refund.provider === null && refund.amount === amount)?.refund
}

export function isUnreported(payment: RefundedPayment, amount: bigint): boolean {
  return findUnreported(payment, amount) !== undefined
}
