import { Authorized, Ctx, Query, Resolver } from 'type-graphql'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { readReceivables } from './receivables.queries.js'
import { Receivables } from './receivables.type.js'

@Resolver()
export class ReceivablesResolver {
  @Query(() => [Receivables], {
    description: 'What customers still have to pay now: one entry for each currency with open invoices. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  receivables(@Ctx() { services }: RequestContext) {
    return readReceivables(services)
  }
}
