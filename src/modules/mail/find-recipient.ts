import type { Database } from '../../platform/postgres/client.js'
import type { Mail } from '../../platform/postgres/generated/client.js'
import { type Customer, customerKey } from '../identity/index.js'

/** Who reads the mails to a customer. */
export interface Recipient {
  /** Null if nobody can read them. */
  readonly userId: string | null
  readonly name: string | null
  readonly address: string | null
  /** BCP 47 */
  readonly locale: string
}

/**
 * Finds the recipient of a mail: the user. Of an organisation, it is the buyer, who must still be one of its owners and
 * admins, or else the first owner or admin with an address, owners before admins.
 * @param defaultLocale  of customers who have chosen none
 */
export async function findRecipient(
  db: Database,
  { userId, organisationId }: Pick<Mail, 'userId' | 'organisationId'>,
  defaultLocale: string,
): Promise<Recipient> {
  const customer: Customer = { userId: userId ?? '', organisationId }
  const [details, user] = await Promise.all([
    db.billingDetails.findUnique({ where: customerKey(customer), select: { locale: true } }),
    organisationId === null ? db.user.findUnique({ where: { id: customer.userId } }) : findManager(db, organisationId, userId),
  ])
  return {
    userId: user?.id ?? null,
    name: user?.name?.trim() || null,
    address: user?.email?.trim() || null,
    locale: details?.locale ?? defaultLocale,
  }
}

async function findManager(db: Database, organisationId: string, buyerId: string | null) {
  const managers = await db.membership.findMany({
    where: { organisationId, role: { in: ['OWNER', 'ADMIN'] }, user: { email: { not: null } } },
    include: { user: true },
    orderBy: { userId: 'asc' },
  })
  const found = managers.find(({ userId }) => userId === buyerId) ?? managers.find(({ role }) => role === 'OWNER') ?? managers[0]
  return found?.user ?? null
}
