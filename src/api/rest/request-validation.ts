import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { type DomainError, invalidInputError } from '../../core/errors.js'

const PART_NAMES: Record<string, string> = { querystring: 'query' }
const WHOLE_NUMBER = /^(0|[1-9]\d{0,15})$/
const MAX_LISTED_FIELDS = 5
const MAX_FIELD_NAME_LENGTH = 60

/**
 * Validates requests with TypeBox. Fastify's own validator removes unknown fields and converts `true` to the
 * number 1; this one refuses both. The only conversion is from the decimal digits of an integer in a string:
 * "3" becomes 3, unless the field also accepts text. A schema is compiled at its first request, so that the server
 * starts faster.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  let validator: Validator | undefined
  const part = PART_NAMES[httpPart] ?? httpPart
  return (value: unknown) => {
    validator ??= Compile(schema)
    const coerced = coerceIntegers(schema, httpPart === 'body' ? (value ?? {}) : value)
    return validator.Check(coerced) ? { value: coerced } : { error: validationError(part, schema, validator.Errors(coerced)) }
  }
}

interface ObjectSchema {
  properties?: Record<string, { type?: string | string[] }>
}

function coerceIntegers(schema: TSchema, value: unknown): unknown {
  const { properties } = schema as ObjectSchema
  if (!properties || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, part]) => {
    const types = [properties[name]?.type].flat()
    const isInteger = types.includes('integer') && !types.includes('string')
    return [name, isInteger && typeof part === 'string' && WHOLE_NUMBER.test(part) ? Number(part) : part]
  })
  return Object.fromEntries(entries)
}

/** Names the field, such as "body.planId", also when it is missing or unknown. */
function validationError(part: string, schema: TSchema, errors: TLocalizedValidationError[]): DomainError {
  const unknown = errors.find(({ keyword }) => keyword === 'additionalProperties')
  if (unknown?.keyword === 'additionalProperties') return unknownFields(part, schema, unknown.params.additionalProperties)
  const [error] = errors
  const path = [part, ...(error?.instancePath.split('/').filter(Boolean) ?? [])]
  if (error?.keyword === 'required') return invalidInputError([...path, error.params.requiredProperties[0]].join('.'), 'is missing')
  return invalidInputError(path.join('.'), error ? explainFailure(error) : 'is not valid')
}

function unknownFields(part: string, schema: TSchema, names: string[]): DomainError {
  const fields = names.slice(0, MAX_LISTED_FIELDS).map((name) => `${part}.${name.slice(0, MAX_FIELD_NAME_LENGTH)}`)
  const known = Object.keys((schema as ObjectSchema).properties ?? {})
  const problem = fields.length === 1 ? 'is not a known field' : 'are not known fields'
  return invalidInputError(
    fields.join(', '),
    `${problem}; ${known.length === 0 ? 'no fields are accepted here' : `known fields are ${known.join(', ')}`}`,
  )
}

const TYPE_NAMES: Record<string, string> = {
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
}

function explainFailure(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'type':
      return `must be ${[error.params.type]
        .flat()
        .map((type) => TYPE_NAMES[type] ?? type)
        .join(' or ')}`
    case 'minimum':
      return `must be ${error.params.limit} or more`
    case 'maximum':
      return `must be at most ${error.params.limit}`
    case 'minLength':
      return 'must not be empty'
    case 'maxLength':
      return `must be at most ${error.params.limit} characters long`
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`
    case 'pattern':
      return `must match ${error.params.pattern}`
    default:
      return error.message
  }
}
