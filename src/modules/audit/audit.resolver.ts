import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type { AuditEntry as AuditEntryRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listAuditEntries } from './audit.queries.js'
import { AuditEntry, AuditEntryConnection } from './audit.type.js'

@Resolver(() => AuditEntry)
export class AuditResolver {
  @Query(() => AuditEntryConnection, { description: 'The audit log. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  auditEntries(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('subject', () => String, { nullable: true, description: 'Only entries about this subject: "user:55".' }) subject?: string,
    @Arg('actor', () => String, { nullable: true, description: 'Only entries of this actor: "user:1".' }) actor?: string,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listAuditEntries(services, { subject, actor }, page, orderBy)
  }

  @FieldResolver(() => ID, { description: 'Id of the entry.' })
  id(@Root() entry: AuditEntryRecord): bigint {
    return entry.id
  }
}
