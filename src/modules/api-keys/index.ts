export { isApiKey } from './api-key.rules.js'
export { createApiKey, findService, listApiKeys, revokeApiKey, wasAccepted } from './api-keys.js'
