import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TProperties, type TSchema, Type } from 'typebox'
import { PANEL_ID } from '../../core/ids.js'
import { MAX_INT } from '../../core/input.js'

/** The app that the routes of the REST APIs are added to. */
export type RestApp = Parameters<FastifyPluginAsyncTypebox>[0]

/** A value or null, in the notation of OpenAPI 3.1. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()], { ...('description' in schema && { description: schema.description as string }) })
}

export const numberField = (description: string) => Type.Number({ description })
export const textField = (description: string) => Type.String({ description })
export const timeField = (description: string) => Type.String({ description: `${description} ISO 8601.` })
/** The id of a row. */
export const idField = (description: string) => Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description })
const CUSTOMER_ID = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER, pattern: PANEL_ID.source }
/** The panel's id of a user or an organisation. */
export const customerIdField = (description: string) =>
  Type.Unsafe<number | string>({ type: ['integer', 'string'], ...CUSTOMER_ID, description })

/** A request body that accepts only these fields. */
export const closed = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false })

/** A request field that may be omitted; null counts as omitted. */
const optionalField = <T>(type: string, keywords: object) => Type.Optional(Type.Unsafe<T | null>({ type: [type, 'null'], ...keywords }))

export const optionalId = (description: string) =>
  optionalField<number>('integer', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description })
export const optionalCustomerId = (description: string) =>
  Type.Optional(Type.Unsafe<number | string | null>({ type: ['integer', 'string', 'null'], ...CUSTOMER_ID, description }))
export const optionalText = (description: string) => optionalField<string>('string', { description })
export const optionalLimit = (description: string) => optionalField<number>('integer', { minimum: 0, maximum: MAX_INT, description })
export const optionalObject = (description: string) => optionalField<Record<string, unknown>>('object', { description })
export const optionalFlag = (description: string) => Type.Optional(Type.Boolean({ description }))

/** An amount in the notation of EcliPanel: a decimal number, or a string that contains one. */
export const optionalAmount = (description: string) =>
  Type.Optional(Type.Unsafe<number | string | null>({ type: ['number', 'string', 'null'], description }))

/** The error responses of a route: these statuses and 503, with the error body of its API. */
export function errorResponsesFor<T extends TSchema>(body: T, ...statuses: number[]) {
  return Object.fromEntries([...statuses, 503].map((status) => [status, body]))
}

/** Headers of routes that create something: with a key, a retry is safe. */
export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Makes it safe to retry this request: the same key returns the same response.',
    }),
  ),
})

/** The security of routes that need a token, in a header or in a cookie. */
export const SIGNED_IN: { [scheme: string]: string[] }[] = [{ bearer: [] }, { session: [] }]
