import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { DomainError, invalidInputError, restoredError } from '../../core/errors.js'
import type { ExecuteOperation } from './execute-operation.js'

/**
 * Maps a field of an operation, such as `input.planId`, to its name in the request, such as `body.planId`.
 */
export type NameField = (field: string, request: FastifyRequest) => string

/** Runs operations whose errors name the fields of the REST request instead of those of GraphQL. */
export function withRequestFields(run: ExecuteOperation, nameField: NameField): ExecuteOperation {
  return (request, operation, variables) =>
    run<never>(request, operation, variables).catch((error: unknown) => {
      throw error instanceof DomainError ? renameFields(error, (field) => nameField(field, request)) : error
    })
}

function renameFields(error: DomainError, nameField: (field: string) => string): DomainError {
  const { code, cause } = error
  const { field, fields, ...details } = error.details
  if (typeof field !== 'string') return error
  const name = nameField(field)
  const message = reasonWithoutField(firstProblem(fields) ?? error.message, field)
  return restoredError(code, `${name}: ${message}`, { ...details, field: name }, cause)
}

const listedProblems = z.tuple([z.object({ message: z.string() })], z.unknown())

/** The replaced APIs report one invalid field, the first. */
function firstProblem(fields: unknown): string | undefined {
  return listedProblems.safeParse(fields).data?.[0].message
}

/**
 * The message without its field. Messages of graphql-js about variables are replaced, because REST clients do
 * not know them.
 */
function reasonWithoutField(message: string, field: string): string {
  if (message.startsWith('Variable "$')) return 'is not valid'
  return message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message
}

/**
 * Returns a value that clients may send under either of two names.
 * @param part  the part of the request: "body" or "query"
 * @throws BAD_USER_INPUT when both are sent with different values
 */
export function eitherField<N extends string, A extends string, V>(
  part: string,
  sent: { [field in N | A]?: V },
  name: N,
  alias: A,
): V | undefined {
  const [value, other]: [V | undefined, V | undefined] = [sent[name], sent[alias]]
  // 7 and "7" are the same id.
  const isSame = value === other || (value != null && other != null && String(value) === String(other))
  if (value !== undefined && other !== undefined && !isSame) {
    throw invalidInputError(`${part}.${alias}`, `is an alias of ${name} with a different value; send only one of them`)
  }
  return value === undefined ? other : value
}
