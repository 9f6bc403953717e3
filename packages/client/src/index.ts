export {
  type ClientOptions,
  type Credential,
  createClient,
  type QuittanceClient,
  type RequestOptions,
  type VariablesAndOptions,
} from './client.js'
export type { Operation, TypedDocument } from './document.js'
export { type ErrorExtensions, type FieldProblem, QuittanceError, type ResponseError } from './error.js'
export type { ErrorCode, EventType, Limits } from './generated/schema.js'
export type { SubscribeOptions } from './subscribe.js'
