import { registerEnumType } from 'type-graphql'
import { ERROR_CODES, type ErrorCode } from './errors.js'

/** GraphQL's `ErrorCode`: what can stand in errors[].extensions.code, documented in the schema itself. */
export const ErrorCodeEnum = Object.fromEntries(Object.keys(ERROR_CODES).map((code) => [code, code])) as { [K in ErrorCode]: K }

registerEnumType(ErrorCodeEnum, {
  name: 'ErrorCode',
  description: 'What `errors[].extensions.code` can say.',
  valuesConfig: Object.fromEntries(Object.entries(ERROR_CODES).map(([code, description]) => [code, { description }])) as never,
})
