import 'reflect-metadata'

export {
  assertManages,
  canView,
  requireOrganisationView,
  requireUserView,
  resolveListScope,
  seesCustomer,
  seesOrganisation,
  seesUser,
  viewCondition,
} from './access-control.js'
export {
  bindPortalTier,
  type Customer,
  customerChoiceSchema,
  customerFilter,
  customerKey,
  customerName,
  customerSqlFilter,
  findUserByEmail,
  getChosenCustomer,
  getCustomer,
  getMemberCustomer,
  getUserOrOrganisation,
  isOrganisationManager,
  listManagerIds,
  listUserIdsByEmail,
  lockAndRead,
  lockCustomer,
  notAMemberError,
  userNotFoundError,
} from './customer.js'
export { createCustomerListLoader, loadCustomerCount } from './customer-lists.js'
export { bindForCustomer, defineCustomerStatement } from './customer-statements.js'
export { CUSTOMER_COLUMNS, type ExportedCustomer, exportedCustomerId } from './exported-customer.js'
export { followVatIds } from './follow-vat-ids.js'
export { ApiKeyScope, OrganisationRole, PlanType } from './identity.enums.js'
export { IDENTITY_PROVIDER_UNAVAILABLE, ORGANISATION_NOT_FOUND } from './identity.errors.js'
export { CHECK_VAT_ID, enqueueVatIdCheck, VAT_ID_QUEUE, vatIdCheckOf } from './identity.jobs.js'
export { loadCustomer, organisationLoader, userLoader } from './identity.loader.js'
export { identity } from './identity.module.js'
export { BillingDetails, CustomerUnion, Organisation, OrganisationMembership, User } from './identity.type.js'
export { listOrganisationsAfter, listUsersAfter } from './list-customers.js'
export { administratorRows, customerRows } from './node-readers.js'
export {
  ADMINISTRATOR,
  type ApiKeyPrincipal,
  isAdministrator,
  isApiKeyPrincipal,
  type Principal,
  principalName,
  USER,
  type UserPrincipal,
} from './principal.js'
export { createUserProvisioner } from './provision-user.js'
export { RequestContext } from './request-context.js'
export { CUSTOMER_ID_FILTER, customerCondition, parseSearch, SEARCH_RULE, searchCustomerRows } from './search-customers.js'
export { billingDetailsColumns, billingDetailsSchema, setBillingDetails } from './set-billing-details.js'
export { createTokenVerifier, signToken, type VerifiedToken } from './token.js'
export { checksVatIds } from './vat-id.rules.js'
