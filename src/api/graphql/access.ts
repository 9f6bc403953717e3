import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  type GraphQLField,
  GraphQLList,
  GraphQLNonNull,
  GraphQLSchema,
  isObjectType,
} from 'graphql'
import { getMetadataStorage } from 'type-graphql'
import { DomainError, FORBIDDEN } from '../../core/errors.js'
import { ApiKeyScope, isAdministrator, isApiKeyPrincipal, type RequestContext, USER } from '../../modules/identity/index.js'

/** The argument of `@Authorized`: roles of users, and scopes of API keys. */
type Roles = readonly string[]

type AccessRoleName = 'PUBLIC' | 'USER' | 'ADMINISTRATOR'

/** The arguments of the directive. */
export interface Access {
  readonly role: AccessRoleName
  readonly scope?: readonly ApiKeyScope[]
}

/** The key of a field's extensions with the roles of a field that type-graphql does not build. */
const ROLES_KEY = 'roles'

const AccessRole = new GraphQLEnumType({
  name: 'AccessRole',
  description: 'The role that a principal needs to use a field.',
  values: {
    PUBLIC: { description: 'None: the field can be used without a token, and with any token or API key.' },
    USER: { description: 'Any signed-in user.' },
    ADMINISTRATOR: { description: 'A user with the administrator role.' },
  },
})

/**
 * Users need one of the roles, API keys one of the scopes: `@Authorized(ADMINISTRATOR, ApiKeyScope.CLAIMS)`.
 * @throws UNAUTHENTICATED for an anonymous principal, FORBIDDEN
 */
export function assertAuthorized(context: RequestContext, roles: Roles): void {
  const { requiredPrincipal: principal } = context
  if (isApiKeyPrincipal(principal)) {
    if (principal.scopes.some((scope) => roles.includes(scope))) return
    throw new DomainError(FORBIDDEN, missingScopeMessage(roles))
  }
  if (roleOf(roles) === 'ADMINISTRATOR' && !isAdministrator(principal)) throw new DomainError(FORBIDDEN, 'Only administrators may do this')
}

/** The extensions of a field that type-graphql does not build, and that calls `assertAuthorized` with the same roles. */
export function withRoles(roles: Roles): Readonly<Record<string, Roles>> {
  return { [ROLES_KEY]: roles }
}

/** Without roles, `@Authorized()` admits every user. */
function roleOf(roles: Roles): AccessRoleName {
  return roles.length === 0 || roles.includes(USER) ? 'USER' : 'ADMINISTRATOR'
}

function scopesOf(roles: Roles): ApiKeyScope[] {
  const scopes = Object.values(ApiKeyScope)
  return roles.flatMap((role) => scopes.find((scope) => scope === role) ?? [])
}

function missingScopeMessage(roles: Roles): string {
  const scopes = scopesOf(roles)
  return scopes.length === 0 ? 'An API key cannot be used here: sign in as a user' : `The API key needs the scope ${scopes.join(' or ')}`
}

/**
 * Adds the directive `@access` to every root field, and to fields of objects that are `@Authorized`. It states
 * what `assertAuthorized` checks, because both read the same roles.
 */
export function withAccess(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
  const rolesByField = readRoles()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const roles = rolesByField.get(`${type.name}.${field.name}`) ?? (field.extensions[ROLES_KEY] as Roles | undefined)
      if (roles || roots.has(type)) setAccess(field, roles)
    }
  }
  const { directives, types, ...config } = schema.toConfig()
  return new GraphQLSchema({ ...config, types: [...types, AccessRole], directives: [...directives, accessDirective(schema)] })
}

/** The roles of `@Authorized` by field: `Mutation.applyPlan`. */
function readRoles(): Map<string, Roles> {
  const { queries, mutations, objectTypes } = getMetadataStorage()
  const rootFields = (type: string, fields: { schemaName: string; roles?: Roles }[]) =>
    fields.map(({ schemaName, roles }) => [`${type}.${schemaName}`, roles] as const)
  const all = [
    ...rootFields('Query', queries),
    ...rootFields('Mutation', mutations),
    ...objectTypes.flatMap(({ name, fields = [] }) => rootFields(name, fields)),
  ]
  return new Map(all.flatMap(([field, roles]) => (roles ? [[field, roles]] : [])))
}

function setAccess(field: GraphQLField<unknown, unknown>, roles: Roles | undefined): void {
  field.extensions = { ...field.extensions, ...accessExtensions(roles) }
}

/** The extensions of a field that is added to the schema after `withAccess`. Without roles, it is public. */
export function accessExtensions(roles: Roles | undefined): { readonly directives: { readonly access: Access } } {
  return { directives: { access: roles ? accessFor(roles) : { role: 'PUBLIC' } } }
}

function accessFor(roles: Roles): Access {
  const scope = scopesOf(roles)
  return { role: roleOf(roles), ...(scope.length > 0 && { scope }) }
}

function accessDirective(schema: GraphQLSchema): GraphQLDirective {
  const scope = schema.getType('ApiKeyScope') as GraphQLEnumType
  return new GraphQLDirective({
    name: 'access',
    description: 'The principals that may use a field: users with the role, and API keys with one of the scopes.',
    locations: [DirectiveLocation.FIELD_DEFINITION],
    args: {
      role: { type: new GraphQLNonNull(AccessRole), description: 'The role that users need.' },
      scope: {
        type: new GraphQLList(new GraphQLNonNull(scope)),
        description: 'An API key needs one of these scopes. If absent, API keys cannot use the field, unless it is public.',
      },
    },
  })
}
