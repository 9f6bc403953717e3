import { defineModule } from '../define-module.js'
import { IDENTITY_PROVIDER_UNAVAILABLE, ORGANISATION_NOT_FOUND, USER_NOT_FOUND } from './identity.errors.js'
import { OrganisationMembershipResolver, OrganisationResolver, UserResolver } from './identity.resolver.js'

export const identity = defineModule({
  resolvers: [UserResolver, OrganisationMembershipResolver, OrganisationResolver],
  errors: [USER_NOT_FOUND, ORGANISATION_NOT_FOUND, IDENTITY_PROVIDER_UNAVAILABLE],
})
