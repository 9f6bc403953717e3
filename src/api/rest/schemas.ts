import { type TProperties, type TSchema, Type } from 'typebox'
import { MAX_INT } from '../../core/input.js'

/** "number or null", as OpenAPI 3.1 writes it. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()], { ...('description' in schema && { description: schema.description as string }) })
}

export const number = (description: string) => Type.Number({ description })
export const text = (description: string) => Type.String({ description })
export const time = (description: string) => Type.String({ description: `${description} ISO 8601.` })
export const id = (description: string) => Type.Integer({ minimum: 1, maximum: MAX_INT, description })

/** A body of a request: other fields than these are refused. */
export const closed = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false })

/** A field of a request that may be left out; null counts as left out. */
const optional = <T>(type: string, keywords: object) => Type.Optional(Type.Unsafe<T | null>({ type: [type, 'null'], ...keywords }))

export const optionalId = (description: string) => optional<number>('integer', { minimum: 1, maximum: MAX_INT, description })
export const optionalText = (description: string) => optional<string>('string', { description })
export const optionalLimit = (description: string) => optional<number>('integer', { minimum: 0, maximum: MAX_INT, description })
export const optionalObject = (description: string) => optional<Record<string, unknown>>('object', { description })
export const flag = (description: string) => Type.Optional(Type.Boolean({ description }))

/** An amount as EcliPanel has it: a decimal number, or a string with one. */
export const optionalAmount = (description: string) =>
  Type.Optional(Type.Unsafe<number | string | null>({ type: ['number', 'string', 'null'], description }))

/** Statuses with which a route may refuse, with the body that its API has for it. */
export function errorResponsesFor<T extends TSchema>(body: T, ...statuses: number[]) {
  return Object.fromEntries([...statuses, 503].map((status) => [status, body]))
}

/** Headers of routes that create: a repetition is safe with a key. */
export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Makes a repetition of this very request safe: the same key gives the same answer.',
    }),
  ),
})

/** By a token, as a header or as a cookie. */
export const SIGNED_IN: { [scheme: string]: string[] }[] = [{ bearer: [] }, { session: [] }]
