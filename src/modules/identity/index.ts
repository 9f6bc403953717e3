export { listedFor, maySee, requireOrganisationView, seesOrganisation } from './access-control.js'
export {
  findUserByEmail,
  type Holder,
  heldBy,
  holderName,
  lockHolder,
  managersOf,
  managesOrganisation,
  notAMember,
  ownKey,
  requireEither,
  requireHolder,
  requireMember,
  sameEmail,
  setPortalTier,
  userNotFound,
} from './customer.js'
export { organisationLoader, userLoader } from './identity.loader.js'
export { OrganisationMembershipResolver, OrganisationResolver, UserResolver } from './identity.resolver.js'
export { Organisation, User } from './identity.type.js'
export { organisationsAfter, usersAfter } from './list-customers.js'
export { ADMINISTRATOR, type Caller, callerName, isAdministrator, isService, type Service, USER, type Viewer } from './principal.js'
export { createFirstSight } from './provision-user.js'
export { Context } from './request-context.js'
export { setBillingDetails } from './set-billing-details.js'
export { type Bearer, createTokenVerifier, signToken } from './token.js'
