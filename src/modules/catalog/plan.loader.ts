import DataLoader from 'dataloader'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { Context } from '../identity/index.js'
import type { Services } from '../services.js'

export const planLoader = ({ catalogue }: Services) =>
  new DataLoader<number, Plan | null>(async (ids) => {
    const { byId } = await catalogue.read()
    return ids.map((id) => byId.get(id) ?? null)
  })

/** At once while the catalogue is in memory: on a page of orders each has its plan. */
export function planOf(context: Context, id: number): Plan | null | Promise<Plan | null> {
  return context.services.catalogue.known?.byId.get(id) ?? context.loader(planLoader).load(id)
}
