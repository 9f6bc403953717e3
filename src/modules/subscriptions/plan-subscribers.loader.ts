import DataLoader from 'dataloader'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'

/** The number of live subscriptions to a plan. */
export const subscriberCountLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  new DataLoader<bigint, number>(async (planIds) => {
    // The literal is the condition of the index.
    const rows = await rawQuery<{ planId: bigint; count: number }>(Prisma.sql`
      SELECT plan_id AS "planId", count(*)::int AS count FROM subscriptions
      WHERE status <> 'EXPIRED' AND plan_id = ANY(${[...planIds]}::bigint[]) GROUP BY plan_id`)
    const counts = new Map(rows.map(({ planId, count }) => [planId, count]))
    return planIds.map((planId) => counts.get(planId) ?? 0)
  })
