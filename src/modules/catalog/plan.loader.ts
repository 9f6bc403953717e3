import DataLoader from 'dataloader'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { RequestContext } from '../identity/index.js'
import type { Services } from '../services.js'

export const planLoader = ({ planCache: catalogue }: Services) =>
  new DataLoader<number, Plan | null>(async (ids) => {
    const { byId } = await catalogue.read()
    return ids.map((id) => byId.get(id) ?? null)
  })

/** At once while the catalogue is in memory: on a page of orders each has its plan. */
export function loadPlan(context: RequestContext, id: number): Plan | null | Promise<Plan | null> {
  return context.services.planCache.current?.byId.get(id) ?? context.loader(planLoader).load(id)
}
