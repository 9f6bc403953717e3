import { defineModule } from '../define-module.js'
import { customerRows } from '../identity/index.js'
import { creditGrantLoader } from './balance.loader.js'
import {
  BalanceEntryResolver,
  BalanceResolver,
  CreditGrantResolver,
  OrganisationBalancesResolver,
  UserBalancesResolver,
} from './balance.resolver.js'
import { balanceEntryLoader } from './balance-entry.loader.js'
import { expireCredit } from './expire-credit.js'
import { PAYMENT_NOT_FOUND } from './ledger.errors.js'
import { paymentLoader } from './payment.loader.js'
import { LedgerPaymentResolver } from './payment.resolver.js'

/** Rows of the ledger name an organisation without the user who has bought for it. */
const ownerOf = ({ userId, organisationId }: { userId: string | null; organisationId: string | null }) => ({
  userId: userId ?? '',
  organisationId,
})

export const ledger = defineModule({
  resolvers: [
    LedgerPaymentResolver,
    BalanceResolver,
    BalanceEntryResolver,
    CreditGrantResolver,
    UserBalancesResolver,
    OrganisationBalancesResolver,
  ],
  nodes: {
    Payment: customerRows(paymentLoader, (payment) => payment),
    BalanceEntry: customerRows(balanceEntryLoader, ownerOf),
    CreditGrant: customerRows(creditGrantLoader, ownerOf),
  },
  errors: [PAYMENT_NOT_FOUND],
  cron: { everyMinute: { expire: ({ services }) => expireCredit(services) } },
})
