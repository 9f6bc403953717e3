import 'reflect-metadata'

export { isApiKey } from './api-key.rules.js'
export { apiKeyLoader, authenticateApiKey, createApiKey, listApiKeys, revokeApiKey, wasAccepted } from './api-keys.js'
