import { rowId } from './ids.js'
import type { TestServer } from './server.js'

/** The ids of the plans that most tests use, in USD. */
export interface Catalog {
  free: string
  starter: string
  pro: string
  enterprise: string
}

const CREATE = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'

export async function createCatalog(server: TestServer): Promise<Catalog> {
  const create = async (input: object) => {
    const { data, errors } = await server.ask('admin', CREATE, { input })
    if (errors) throw new Error(JSON.stringify(errors))
    return data.createPlan.plan.id.replace('plan_', '')
  }
  const price = (minorUnits: number) => ({ minorUnits, currency: server.services.config.billing.currency })
  return {
    free: await create({ slug: 'free', name: 'Free', type: 'FREE', price: price(0), isDefault: true, memory: 512, serverLimit: 1 }),
    starter: await create({ slug: 'starter', name: 'Starter', type: 'PAID', price: price(500), rank: 1, memory: 8192, serverLimit: 5 }),
    pro: await create({
      slug: 'pro',
      name: 'Pro',
      type: 'PAID',
      price: price(1500),
      rank: 2,
      memory: 32768,
      serverLimit: 15,
      features: { modpacks: true },
    }),
    enterprise: await create({ slug: 'enterprise', name: 'Enterprise', type: 'ENTERPRISE', price: null, rank: 3 }),
  }
}

/** Creates an organisation with its members, as the sync of the panel does. */
export async function createOrganisation(
  { services }: TestServer,
  id: number,
  members: Record<number, 'OWNER' | 'ADMIN' | 'MEMBER'>,
): Promise<void> {
  const users = Object.keys(members)
  await services.db.user.createMany({ data: users.map((user) => ({ id: user, email: `user${user}@example.com` })), skipDuplicates: true })
  await services.db.organisation.create({
    data: {
      id: String(id),
      name: `Organisation ${id}`,
      memberships: { create: users.map((userId) => ({ userId, role: members[rowId(userId)] ?? 'MEMBER' })) },
    },
  })
}
