import DataLoader from 'dataloader'
import type { Plan } from '../database/generated/client.js'
import type { Services } from '../services.js'

export const planLoader = ({ catalogue }: Services) =>
  new DataLoader<number, Plan | null>(async (ids) => {
    const { byId } = await catalogue.read()
    return ids.map((id) => byId.get(id) ?? null)
  })
