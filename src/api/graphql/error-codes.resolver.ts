import { Extensions, Query, Resolver, registerEnumType } from 'type-graphql'
import type { ErrorDefinition } from '../../core/errors.js'
import { ALLOW_WHEN_BILLING_DISABLED } from '../../modules/settings/index.js'
import { GRAPHQL_ERROR_DEFINITIONS, listExtensions } from '../error-table.js'

/** Documents the values of errors[].extensions.code in the schema itself. */
const ErrorCode = Object.fromEntries(GRAPHQL_ERROR_DEFINITIONS.map(({ code }) => [code, code]))

registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'The possible values of `errors[].extensions.code`.',
  valuesConfig: Object.fromEntries(
    GRAPHQL_ERROR_DEFINITIONS.map((definition) => [definition.code, { description: describeErrorCode(definition) }]),
  ),
})

function describeErrorCode(definition: ErrorDefinition): string {
  const extensions = listExtensions(definition).map(({ name, description }) => `\`${name}\` (${description})`)
  return extensions.length === 0 ? definition.description : `${definition.description} Extensions: ${extensions.join(', ')}.`
}

@Resolver()
export class ErrorCodesResolver {
  @Query(() => [ErrorCode], {
    description: 'Every code that can appear in `errors[].extensions.code`. The enum describes each of them. Public.',
  })
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  errorCodes(): string[] {
    return Object.values(ErrorCode)
  }
}
