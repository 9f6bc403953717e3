import { customerLabel, type ExistingRows } from './existing-rows.queries.js'
import type { ImportNotice } from './import-row.js'
import type { ParsedRows } from './row-schemas.js'

type OrganisationValues = ParsedRows['organisations']

/** The plan of an organisation that has no order for it. */
export interface OrganisationGrant {
  organisationId: string
  /** The owner, who counts as the buyer. */
  userId: string
  planId: bigint
  expiresAt: Date | null
}

interface GrantInput {
  readonly organisations: readonly OrganisationValues[]
  readonly memberships: readonly ParsedRows['memberships'][]
  readonly plans: ExistingRows['plans']
  readonly existing: Pick<ExistingRows, 'activeOrders' | 'grantedOrganisations' | 'users'>
  /** The active plan orders of the file by customer. */
  readonly orders: ReadonlyMap<string, ParsedRows['orders']>
  readonly at: Date
}

interface PlannedGrants {
  grants: OrganisationGrant[]
  /** Number of plans that the database already contains. */
  unchanged: number
  notices: ImportNotice[]
  problems: { organisation: OrganisationValues; field: string; message: string }[]
}

/** Decides which organisations get the plan of their row: those that have no active order, in the file or in the database. */
export function planGrants(input: GrantInput): PlannedGrants {
  const { organisations, memberships, plans, existing, orders, at } = input
  const result: PlannedGrants = { grants: [], unchanged: 0, notices: [], problems: [] }
  const owners = new Map(memberships.flatMap(({ organisationId, userId, role }) => (role === 'OWNER' ? [[organisationId, userId]] : [])))
  const differing: string[] = []
  const ended: string[] = []
  for (const organisation of organisations) {
    const { id, planId, expiresAt = null } = organisation
    if (planId === undefined) continue
    const label = customerLabel({ userId: '', organisationId: id })
    const order = orders.get(label)
    const userId = organisation.ownerId ?? owners.get(id)
    if (order) {
      if (order.planId !== planId) differing.push(id)
    } else if (existing.grantedOrganisations.has(id) || existing.activeOrders.has(label)) result.unchanged += 1
    else if (!plans.has(planId))
      result.problems.push({ organisation, field: 'planId', message: `plan ${planId} does not exist; add it to the file` })
    else if (userId === undefined || !existing.users.has(userId)) {
      const message = 'the organisation has a plan, but no owner that exists; add the owner to the file'
      result.problems.push({ organisation, field: 'ownerId', message })
    } else if (expiresAt && expiresAt <= at) ended.push(id)
    else result.grants.push({ organisationId: id, userId, planId, expiresAt })
  }
  if (differing.length > 0) {
    const text = 'planId differs from the plan of the active order, which applies'
    result.notices.push({ kind: 'organisations', text, ids: differing })
  }
  if (ended.length > 0)
    result.notices.push({ kind: 'organisations', text: 'the plan has ended at expiresAt and is not granted', ids: ended })
  return result
}
