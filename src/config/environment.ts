import type { z } from 'zod'
import { StartError } from '../core/errors.js'
import { API_VARIABLES } from './environment/api.js'
import { AUTHENTICATION_VARIABLES } from './environment/authentication.js'
import { DATABASE_VARIABLES } from './environment/database.js'
import { INVOICE_VARIABLES } from './environment/invoices.js'
import { MAIL_VARIABLES } from './environment/mail.js'
import { MONITORING_VARIABLES } from './environment/monitoring.js'
import { PAYMENT_VARIABLES } from './environment/payments.js'
import type { Variable, Variables } from './environment/schemas.js'
import { SERVER_VARIABLES } from './environment/server.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** All variables. The topics are the headings in the documentation. */
const TOPICS = {
  Server: SERVER_VARIABLES,
  Database: DATABASE_VARIABLES,
  Authentication: AUTHENTICATION_VARIABLES,
  'Seller, invoices and tax': INVOICE_VARIABLES,
  'Billing and payments': PAYMENT_VARIABLES,
  Mail: MAIL_VARIABLES,
  API: API_VARIABLES,
  Monitoring: MONITORING_VARIABLES,
}

const VARIABLES = {
  ...SERVER_VARIABLES,
  ...DATABASE_VARIABLES,
  ...AUTHENTICATION_VARIABLES,
  ...INVOICE_VARIABLES,
  ...PAYMENT_VARIABLES,
  ...MAIL_VARIABLES,
  ...API_VARIABLES,
  ...MONITORING_VARIABLES,
}

export type EnvironmentValues = { [K in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[K]['schema']> }

/** Parses all variables, by name. @throws StartError with one line that names the variable */
export function parseEnvironment(environment: Environment): EnvironmentValues {
  const entries = Object.entries<Variable>(VARIABLES).map(([name, variable]) => {
    const source = nameInUse(name, variable, environment)
    const result = variable.schema.safeParse(environment[source]?.trim() || undefined)
    if (!result.success) throw new StartError(`${source}: ${result.error.issues[0]?.message ?? 'is invalid'}`)
    return [name, result.data]
  })
  return Object.fromEntries(entries) as EnvironmentValues
}

/** Returns the text of a variable, which may be set under its deprecated name. */
export function readVariable(name: keyof EnvironmentValues, environment: Environment): string | undefined {
  return environment[nameInUse(name, VARIABLES[name], environment)]?.trim() || undefined
}

/** Returns one line for each variable that is set under its deprecated name only. */
export function listDeprecations(environment: Environment): string[] {
  return Object.entries<Variable>(VARIABLES).flatMap(([name, variable]) => {
    const source = nameInUse(name, variable, environment)
    return source === name ? [] : [`${source} is deprecated and will be removed in 1.0: set ${name} instead`]
  })
}

/**
 * Returns the name under which a variable is set: the deprecated one only if the new one is not set.
 * @throws StartError when both are set to different values
 */
function nameInUse(name: string, { alias }: Variable, environment: Environment): string {
  const value = environment[name]?.trim()
  const deprecated = alias && environment[alias]?.trim()
  if (!alias || !deprecated) return name
  if (value && value !== deprecated) throw new StartError(`${name}: differs from ${alias}, its deprecated name; remove ${alias}`)
  return value ? name : alias
}

/** Describes all variables for the documentation, by topic. */
export function describeVariables(): { topic: string; variables: DescribedVariable[] }[] {
  return Object.entries<Variables>(TOPICS).map(([topic, variables]) => ({ topic, variables: Object.entries(variables).map(describe) }))
}

export interface DescribedVariable {
  name: string
  about: string
  /** Describes the behaviour without a value. */
  unset: string | undefined
  defaultValue: string | undefined
}

function describe([name, { schema, about, unset, alias }]: [string, Variable]): DescribedVariable {
  const parsed = schema.safeParse(undefined)
  const defaultValue = parsed.success && parsed.data !== undefined ? String(parsed.data) : undefined
  return {
    name,
    about: alias ? `${about} The deprecated name \`${alias}\` works until 1.0.` : about,
    unset,
    defaultValue: unset === undefined ? defaultValue : undefined,
  }
}
