import { execute, type GraphQLField, type GraphQLObjectType, isEnumType, isObjectType, parse, subscribe } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Access } from '../../../src/api/graphql/access.js'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { ApiKeyScope } from '../../../src/modules/identity/identity.enums.js'
import { ADMINISTRATOR, isApiKeyPrincipal, type Principal, USER } from '../../../src/modules/identity/principal.js'
import { RequestContext } from '../../../src/modules/identity/request-context.js'
import { DEMO_DATA_KEY } from '../../../src/modules/settings/reset-demo.js'
import { testLogger } from '../../support/logger.js'
import { type FillValue, fillArguments } from '../../support/schema-walk.js'
import { startServer, type TestServer } from '../../support/server.js'

type Field = GraphQLField<unknown, unknown>

const schema = graphQLSchema()
const ORIGIN = { ip: '127.0.0.1', log: testLogger() }

const fieldsOf = (type: GraphQLObjectType | null | undefined): Field[] => Object.values(type?.getFields() ?? {})
const accessOf = ({ extensions }: Field) => (extensions.directives as { access?: Access } | undefined)?.access

const queries = fieldsOf(schema.getQueryType())
const subscriptions = fieldsOf(schema.getSubscriptionType())
// resetDemo comes last, because it deletes the data that the other fields need.
const mutations = fieldsOf(schema.getMutationType()).sort((a, b) => Number(a.name === 'resetDemo') - Number(b.name === 'resetDemo'))
const fieldsOfObjects = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) => fieldsOf(type).map((field) => [`${type.name}.${field.name}`, field] as const))
  .filter(([, field]) => accessOf(field))

describe('@access', () => {
  test.each([...queries, ...mutations, ...subscriptions].map((field) => [field.name, field] as const))(
    'is on the root field %s',
    (_name, field) => expect(accessOf(field)?.role).toBeDefined(),
  )

  test('has the scopes of API keys', () => {
    const scope = schema.getType('ApiKeyScope')
    expect(
      isEnumType(scope) &&
        scope
          .getValues()
          .map(({ name }) => name)
          .sort(),
    ).toEqual(Object.values(ApiKeyScope).sort())
  })

  test.each(fieldsOfObjects)('agrees with the end of the description of %s', (_name, field) => {
    expect(field.description).toMatch(new RegExp(`(^|[.] )${sentenceFor(accessOf(field))}$`))
  })
})

/** The sentence that ends the description of a field. */
function sentenceFor({ role, scope = [] }: Access = { role: 'PUBLIC' }): string {
  const keys = scope.length > 0 ? ` or an API key with the ${scope.join(' or ')} scope` : ''
  if (role === 'PUBLIC') return 'Public[.]'
  return `Requires ${role === 'USER' ? 'a signed-in user' : 'the administrator role'}${keys}[.]`
}

const PRINCIPALS: readonly (readonly [string, Principal | undefined])[] = [
  ['an anonymous principal', undefined],
  ['a customer', { userId: '55', role: USER }],
  ...Object.values(ApiKeyScope).map((scope) => [`an API key with the ${scope} scope`, { keyId: 1n, scopes: [scope] }] as const),
  ['an administrator', { userId: '1', role: ADMINISTRATOR }],
]

/** The code with which a field must refuse a principal, according to `@access`. */
function refusal({ role, scope }: Access, principal: Principal | undefined): string | undefined {
  if (role === 'PUBLIC') return undefined
  if (!principal) return 'UNAUTHENTICATED'
  const isAdmitted = isApiKeyPrincipal(principal)
    ? principal.scopes.some((each) => scope?.includes(each))
    : role === 'USER' || principal.role === ADMINISTRATOR
  return isAdmitted ? undefined : 'FORBIDDEN'
}

describe('as @access states', () => {
  let server: TestServer

  beforeAll(async () => {
    // resetDemo is FORBIDDEN for everybody without demo data, and only the owner of the tables may delete it.
    server = await startServer({ asOwner: true })
    await server.services.db.setting.create({ data: { key: DEMO_DATA_KEY, value: true, updatedAt: server.clock.now() } })
  })
  afterAll(() => server.close())

  /** The minimal arguments of a field: those that are required, with values that name nothing. */
  const fill: FillValue = (_name, type, isRequired) => (isRequired ? VALUES[type] : undefined)

  async function codesOf(kind: string, field: Field, principal: Principal | undefined): Promise<string[]> {
    const variableValues = fillArguments(field.args, fill)
    const given = field.args.filter(({ name }) => name in variableValues)
    const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
    const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
    const selection = hasFields(field) ? '{ __typename }' : ''
    const document = parse(`${kind}${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`} ${selection} }`)
    const contextValue = new RequestContext(server.services, principal, ORIGIN)
    const result = await (kind === 'subscription' ? subscribe : execute)({ schema, document, contextValue, variableValues })
    if (Symbol.asyncIterator in result) {
      await result.return?.(undefined)
      return []
    }
    const errors = result.errors ?? []
    expect(errors.filter(({ path }) => path === undefined)).toEqual([])
    return errors.map(({ extensions, originalError }) => String(extensions.code ?? (originalError as { code?: string }).code))
  }

  const calls = [
    ...queries.map((field) => ['query', field] as const),
    ...subscriptions.map((field) => ['subscription', field] as const),
    ...mutations.map((field) => ['mutation', field] as const),
  ]

  test.each(calls.map(([kind, field]) => [kind, field.name, field] as const))(
    '%s %s refuses and admits principals',
    async (kind, _name, field) => {
      const access = accessOf(field)
      if (!access) throw new Error(`${field.name} has no @access`)
      for (const [name, principal] of PRINCIPALS) {
        const codes = await codesOf(kind, field, principal)
        const refusals = codes.filter((code) => code === 'UNAUTHENTICATED' || code === 'FORBIDDEN')
        const expected = refusal(access, principal)
        expect([name, ...refusals]).toEqual(expected ? [name, expected] : [name])
      }
    },
  )
})

function hasFields({ type }: Field): boolean {
  return !['Boolean', 'String', 'ID', 'Int'].includes(String(type))
}

/** Values by type. Ids and names name nothing, so that few calls change anything. */
const VALUES: Readonly<Record<string, unknown>> = {
  ID: '999999',
  String: 'none',
  Int: 1,
  Boolean: true,
  DateTime: '2026-05-01T10:00:00.000Z',
  MinorUnits: 1,
  Decimal: '1.5',
  CurrencyCode: 'USD',
  CountryCode: 'DE',
  Date: '2026-05-01',
  URL: 'https://example.com/',
  JSONObject: {},
  _Any: {},
}
