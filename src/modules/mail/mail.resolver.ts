import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type { Mail as MailRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, CustomerUnion, loadCustomer, type RequestContext, requireUserView, User } from '../identity/index.js'
import { bounceLoader } from './bounced-addresses.js'
import { listMails } from './mail.queries.js'
import { Mail, MailConnection, MailFilter, ResendMailInput, ResendMailPayload } from './mail.type.js'
import { resendMail } from './resend-mail.js'

@Resolver(() => Mail)
export class MailResolver {
  @Query(() => MailConnection, {
    description:
      'The mails to all customers. With `status: [BOUNCED]`, those with a wrong address; with `status: [FAILED]`, those that the mail server has not accepted within three days. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  mails(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => MailFilter, { nullable: true, description: 'Which mails to list; all if omitted.' }) filter?: MailFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listMails(services, page, filter ?? {}, orderBy)
  }

  @Mutation(() => ResendMailPayload, {
    description:
      'Sends a mail again, also to an address that has bounced. If the mail server accepts it, the address counts as working. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async resendMail(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => ResendMailInput, { description: 'The mail to send again.' }) input: ResendMailInput,
  ) {
    return { mail: await resendMail(services, requiredUser, input) }
  }

  @FieldResolver(() => ID, { description: 'Id of the mail.' })
  id(@Root() mail: MailRecord): bigint {
    return mail.id
  }

  @FieldResolver(() => CustomerUnion, { nullable: true, description: 'The user or the organisation that it is for.' })
  customer(@Root() { userId, organisationId }: MailRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, { userId: userId ?? '', organisationId })
  }
}

@Resolver(() => User)
export class UserMailResolver {
  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'When the last mail to `email` was queued, if the mail server has refused the address for good. Mails are then not sent until the panel syncs another address. Null if the address works or nothing was sent to it. FORBIDDEN for other users, except administrators.',
  })
  async emailBouncedAt(@Root() { id, email }: UserRecord, @Ctx() context: RequestContext): Promise<Date | null> {
    requireUserView(context, id)
    if (email === null) return null
    return (await context.loader(bounceLoader).load(email))?.at ?? null
  }
}
