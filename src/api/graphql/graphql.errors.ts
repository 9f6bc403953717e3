import { defineError, type ErrorDefinition } from '../../core/errors.js'

export const GRAPHQL_PARSE_FAILED = defineError('GRAPHQL_PARSE_FAILED', { status: 400, description: 'The operation has a syntax error.' })
export const GRAPHQL_VALIDATION_FAILED = defineError('GRAPHQL_VALIDATION_FAILED', {
  status: 400,
  description: 'The operation is not valid against the schema.',
})
export const QUERY_TOO_COMPLEX = defineError('QUERY_TOO_COMPLEX', {
  status: 400,
  description: 'The operation exceeds the maximum cost, depth or size of one request.',
})
export const PERSISTED_OPERATION_NOT_FOUND = defineError('PERSISTED_OPERATION_NOT_FOUND', {
  status: 404,
  description: 'No persisted operation has this id, or this server runs persisted operations only.',
})
export const PERSISTED_QUERY_NOT_SUPPORTED = defineError('PERSISTED_QUERY_NOT_SUPPORTED', {
  // The status that Apollo's own servers return.
  status: 200,
  description:
    'The hash of an automatic persisted query is not the hash of a persisted operation. Send the query text, as Apollo clients ' +
    'then do automatically.',
})

export const GRAPHQL_ERRORS: readonly ErrorDefinition[] = [
  GRAPHQL_PARSE_FAILED,
  GRAPHQL_VALIDATION_FAILED,
  QUERY_TOO_COMPLEX,
  PERSISTED_OPERATION_NOT_FOUND,
  PERSISTED_QUERY_NOT_SUPPORTED,
]
