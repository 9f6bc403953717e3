import { GraphQLError } from 'graphql'
import { QUERY_TOO_COMPLEX } from './graphql.errors.js'

export function tooComplexError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: QUERY_TOO_COMPLEX.code, http: { status: 400 } } })
}
