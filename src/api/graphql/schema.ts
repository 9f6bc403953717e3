import { defaultFieldResolver, type GraphQLSchema } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import { DomainError } from '../../core/errors.js'
import { MoneyResolver } from '../../core/money.type.js'
import { AuditResolver } from '../../modules/audit/index.js'
import { PlanResolver } from '../../modules/catalog/index.js'
import {
  LimitOverrideResolver,
  OrganisationPlanResolver,
  ReapplicationResolver,
  UsageResolver,
  UserPlanResolver,
} from '../../modules/entitlements/index.js'
import {
  isAdministrator,
  isApiKeyPrincipal,
  OrganisationMembershipResolver,
  OrganisationResolver,
  type RequestContext,
  USER,
  UserResolver,
} from '../../modules/identity/index.js'
import { CreditNoteResolver, InvoiceResolver, OrderInvoiceResolver, TaxResolver } from '../../modules/invoicing/index.js'
import { OrderResolver } from '../../modules/orders/index.js'
import { OrderRefundsResolver, PaymentResolver, RefundResolver, WebhookEventResolver } from '../../modules/payments/index.js'
import { assertBillingEnabled } from '../../modules/services.js'
import { ALLOW_WHEN_BILLING_DISABLED, SettingsResolver } from '../../modules/settings/index.js'
import { ApplyPlanPayloadResolver, SubscriptionResolver } from '../../modules/subscriptions/index.js'
import { ApiKeyResolver, DesiredStateResolver, SyncResolver } from '../../modules/sync/index.js'
import { EventDeliveryResolver, EventEndpointResolver } from '../../modules/webhooks/index.js'
import { ApiKeyScope } from '../../platform/postgres/generated/enums.js'
import { ErrorCodesResolver } from './error-codes.resolver.js'
import { withSubscriptions } from './subscriptions.js'

const BILLING_MARKER = Object.keys(ALLOW_WHEN_BILLING_DISABLED)[0] ?? ''

let cachedSchema: GraphQLSchema | undefined

/** The schema, built at its first use: it holds no state of a server, so every server of a process shares it. */
export function graphQLSchema(): GraphQLSchema {
  cachedSchema ??= describeRoots(guardWithBillingFlag(withSubscriptions(buildSchema())))
  return cachedSchema
}

function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const query = schema.getQueryType()
  const mutation = schema.getMutationType()
  if (query) query.description = 'What can be asked. Each field says who may: everybody, customers for what is theirs, administrators.'
  if (mutation) {
    mutation.description =
      'What can be done. Those with an idempotencyKey can be sent again after a failure: the repetition gets the first answer and changes nothing.'
  }
  return schema
}

/** Puts the domains together. The one place that knows every resolver. */
function buildSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      MoneyResolver,
      UserResolver,
      OrganisationMembershipResolver,
      OrganisationResolver,
      PlanResolver,
      OrderResolver,
      InvoiceResolver,
      CreditNoteResolver,
      OrderInvoiceResolver,
      TaxResolver,
      SubscriptionResolver,
      ApplyPlanPayloadResolver,
      UsageResolver,
      LimitOverrideResolver,
      ReapplicationResolver,
      UserPlanResolver,
      OrganisationPlanResolver,
      ErrorCodesResolver,
      SettingsResolver,
      PaymentResolver,
      WebhookEventResolver,
      RefundResolver,
      OrderRefundsResolver,
      ApiKeyResolver,
      SyncResolver,
      DesiredStateResolver,
      EventEndpointResolver,
      EventDeliveryResolver,
      AuditResolver,
    ],
    validate: false,
    authChecker: ({ context }, roles) => isAuthorized(context as RequestContext, roles),
  })
}

/** Roles are for people, scopes for API keys: `@Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)`. */
function isAuthorized(context: RequestContext, roles: string[]): boolean {
  const { requiredPrincipal: caller } = context
  if (isApiKeyPrincipal(caller)) {
    if (caller.scopes.some((scope) => roles.includes(scope))) return true
    throw new DomainError('FORBIDDEN', missingScopeMessage(roles))
  }
  const forEverybody = roles.length === 0 || roles.includes(USER)
  if (!forEverybody && !isAdministrator(caller)) throw new DomainError('FORBIDDEN', 'Only administrators may do this')
  return true
}

function missingScopeMessage(roles: string[]): string {
  const scopes = Object.values(ApiKeyScope).filter((scope) => roles.includes(scope))
  return scopes.length === 0 ? "This is a person's to ask: an API key cannot" : `The API key needs the scope ${scopes.join(' or ')}`
}

/**
 * Everything at the root is billing unless it says otherwise, so that a new field cannot forget the flag. Not a middleware of
 * type-graphql: that would go around every field of every object.
 */
function guardWithBillingFlag(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const { resolve = defaultFieldResolver, extensions } = field
      if (extensions[BILLING_MARKER]) continue
      field.resolve = (root, args, context: RequestContext, info) => {
        assertBillingEnabled(context.services.flag)
        return resolve(root, args, context, info)
      }
    }
  }
  return schema
}
