import { Args, Authorized, Ctx, Query, Resolver } from 'type-graphql'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { readRevenueReport } from './revenue-report.queries.js'
import { RevenueMonth, RevenueReportArguments } from './revenue-report.type.js'

@Resolver()
export class RevenueReportResolver {
  @Query(() => [RevenueMonth], {
    description:
      'The recurring revenue and the totals of the ledger by currency and calendar month, oldest month first. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  revenueReport(@Ctx() { services }: RequestContext, @Args(() => RevenueReportArguments) request: RevenueReportArguments) {
    return readRevenueReport(services, '', request)
  }
}
