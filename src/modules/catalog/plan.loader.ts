import DataLoader from 'dataloader'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { RequestContext } from '../identity/index.js'
import type { Services } from '../services.js'

export const planLoader = ({ planCache }: Pick<Services, 'planCache'>) =>
  new DataLoader<bigint, Plan | null>(async (ids) => {
    const { byId } = await planCache.read()
    return ids.map((id) => byId.get(id) ?? null)
  })

/**
 * Returns the plan without a promise while the catalog is cached, which saves time on long lists of orders.
 */
export function loadPlan(context: RequestContext, id: bigint): Plan | null | Promise<Plan | null> {
  return context.services.planCache.current?.byId.get(id) ?? context.loader(planLoader).load(id)
}
