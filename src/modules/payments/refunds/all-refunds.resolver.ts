import { Arg, Args, Authorized, Ctx, Query, Resolver } from 'type-graphql'
import { PageArguments } from '../../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../../core/sort.type.js'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { listAllRefunds } from './all-refunds.queries.js'
import { RefundConnection, RefundFilter } from './all-refunds.type.js'

@Resolver()
export class AllRefundsResolver {
  @Query(() => RefundConnection, { description: 'The refunds of all customers. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  async allRefunds(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => RefundFilter, { nullable: true, description: 'Which refunds to list; all if omitted.' }) filter?: RefundFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listAllRefunds(services, page, filter ?? {}, orderBy)
  }
}
