import { defineModule } from '../define-module.js'
import { seesOrganisation } from './access-control.js'
import { BillingDetailsResolver, OrganisationBillingDetailsResolver, UserBillingDetailsResolver } from './billing-details.resolver.js'
import { IDENTITY_PROVIDER_UNAVAILABLE, ORGANISATION_NOT_FOUND, USER_NOT_FOUND } from './identity.errors.js'
import { organisationLoader, userLoader } from './identity.loader.js'
import { OrganisationMembershipResolver, OrganisationResolver, UserResolver } from './identity.resolver.js'
import { isAdministrator } from './principal.js'

export const identity = defineModule({
  nodes: {
    User: async (context, id) => {
      const { requiredUser: principal } = context
      return principal.userId === id || isAdministrator(principal) ? context.loader(userLoader).load(id) : null
    },
    Organisation: async (context, id) => {
      const isVisible = isAdministrator(context.requiredUser) || (await seesOrganisation(context, id))
      return isVisible ? context.loader(organisationLoader).load(id) : null
    },
  },
  resolvers: [
    UserResolver,
    OrganisationMembershipResolver,
    OrganisationResolver,
    BillingDetailsResolver,
    UserBillingDetailsResolver,
    OrganisationBillingDetailsResolver,
  ],
  errors: [USER_NOT_FOUND, ORGANISATION_NOT_FOUND, IDENTITY_PROVIDER_UNAVAILABLE],
})
