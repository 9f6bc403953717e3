import { DomainError, INVALID_TRANSITION } from '../../../core/errors.js'
import type { Invoice } from '../../../platform/postgres/generated/client.js'

/** @throws INVALID_TRANSITION if nothing is due */
export function assertOpen({ number, status }: Pick<Invoice, 'number' | 'status'>): void {
  if (status === 'OPEN') return
  throw new DomainError(INVALID_TRANSITION, `Invoice ${number} is ${status.toLowerCase().replaceAll('_', ' ')}: nothing of it is due`, {
    from: status,
  })
}
