import DataLoader from 'dataloader'
import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'

export const subscriptionLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.subscription.findMany({ where: { id: { in: ids } } }),
    (subscription) => subscription.id,
  )

/** Whether an invoice of the current period of a subscription is open, like `findOpenInvoice`. */
export const unpaidPeriodLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  new DataLoader<bigint, boolean>(async (ids) => {
    const rows = await rawQuery<{ id: bigint }>(Prisma.sql`
      SELECT s.id FROM subscriptions s
      WHERE s.id = ANY(${[...ids]}::bigint[]) AND EXISTS (
        SELECT 1 FROM orders o JOIN invoices i ON i.order_id = o.id AND i.status = 'OPEN'
        WHERE o.subscription_id = s.id AND o.period_end = s.current_period_end
      )`)
    const unpaid = new Set(rows.map(({ id }) => id))
    return ids.map((id) => unpaid.has(id))
  })
