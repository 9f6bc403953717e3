import { registerEnumType } from 'type-graphql'
import { ERROR_CODES, type ErrorCode } from './errors.js'

/** The GraphQL enum `ErrorCode`: documents the values of errors[].extensions.code in the schema itself. */
export const ErrorCodeEnum = Object.fromEntries(Object.keys(ERROR_CODES).map((code) => [code, code])) as { [K in ErrorCode]: K }

registerEnumType(ErrorCodeEnum, {
  name: 'ErrorCode',
  description: 'The possible values of `errors[].extensions.code`.',
  valuesConfig: Object.fromEntries(Object.entries(ERROR_CODES).map(([code, description]) => [code, { description }])) as never,
})
