import { Arg, Args, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql'
import { parseOrganisationId, parseUserId } from '../../core/ids.js'
import { PageArguments } from '../../core/page.type.js'
import { listOrganisations, listUsers } from './customer-list.queries.js'
import { CustomerSort, OrganisationConnection, UserConnection } from './customer-list.type.js'
import { organisationLoader, userLoader } from './identity.loader.js'
import { Organisation, User } from './identity.type.js'
import { ADMINISTRATOR } from './principal.js'
import type { RequestContext } from './request-context.js'
import { SEARCH_RULE } from './search-customers.js'

const SORT_ARGUMENT = { nullable: true, description: 'The sort order; the newest first by default.' }
const USER_SEARCH = { nullable: true, description: `The id in the panel, or text in the e-mail address or name. ${SEARCH_RULE}` }
const ORGANISATION_SEARCH = { nullable: true, description: `The id in the panel, or text in the name. ${SEARCH_RULE}` }

@Resolver()
export class CustomerListResolver {
  @Query(() => UserConnection, {
    description: 'The users that the panel has synced or that tokens have created. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  users(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('search', () => String, USER_SEARCH) search?: string,
    @Arg('orderBy', () => CustomerSort, SORT_ARGUMENT) orderBy?: CustomerSort,
  ) {
    return listUsers(services, { ...page, search, orderBy })
  }

  @Query(() => User, { nullable: true, description: 'A user by its id. Null if it does not exist. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  async user(@Ctx() context: RequestContext, @Arg('id', () => ID, { description: 'Id of the user.' }) id: string) {
    return context.loader(userLoader).load(parseUserId('id', id))
  }

  @Query(() => OrganisationConnection, {
    description: 'The organisations that the panel has synced. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  organisations(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('search', () => String, ORGANISATION_SEARCH) search?: string,
    @Arg('orderBy', () => CustomerSort, SORT_ARGUMENT) orderBy?: CustomerSort,
  ) {
    return listOrganisations(services, { ...page, search, orderBy })
  }

  @Query(() => Organisation, {
    nullable: true,
    description: 'An organisation by its id. Null if it does not exist. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async organisation(@Ctx() context: RequestContext, @Arg('id', () => ID, { description: 'Id of the organisation.' }) id: string) {
    return context.loader(organisationLoader).load(parseOrganisationId('id', id))
  }
}
