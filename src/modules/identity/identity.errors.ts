import { defineError, RETRY_AFTER } from '../../core/errors.js'

export const USER_NOT_FOUND = defineError('USER_NOT_FOUND', {
  status: 404,
  description: 'The user does not exist.',
})
export const ORGANISATION_NOT_FOUND = defineError('ORGANISATION_NOT_FOUND', {
  status: 404,
  description: 'The organisation does not exist, or you are neither its owner nor one of its admins.',
})
export const IDENTITY_PROVIDER_UNAVAILABLE = defineError('IDENTITY_PROVIDER_UNAVAILABLE', {
  status: 503,
  description: 'The keys of the identity provider are temporarily unavailable. Retry later. The HTTP status is 503.',
  extensions: RETRY_AFTER,
})
