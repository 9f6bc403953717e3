import { type Config, parseConfig } from '../config/config.js'
import { StartError } from '../core/errors.js'
import type { PostgresGuard } from '../platform/postgres/embedded/postmaster.js'
import { checkConfiguration } from './check-configuration.js'
import { checkDatabase } from './check-database.js'
import { checkDisk } from './check-disk.js'
import { checkMail } from './check-mail.js'
import { checkProviders } from './check-provider.js'
import { type Finding, problem } from './finding.js'

/** Checks a configuration and the services that it refers to. Changes nothing. */
export async function* examine(environment: Readonly<Record<string, string | undefined>>, guard: PostgresGuard): AsyncGenerator<Finding> {
  const config = tryParseConfig(environment)
  if (config instanceof StartError) {
    yield problem('configuration', config.message)
    return
  }
  yield* checkConfiguration(config, environment)
  yield await checkDisk(config)
  yield* await reportStartErrors('database', () => checkDatabase(config, guard))
  yield* await checkProviders(config)
  yield await checkMail(config)
}

function tryParseConfig(environment: Readonly<Record<string, string | undefined>>): Config | StartError {
  try {
    return parseConfig(environment)
  } catch (error) {
    if (error instanceof StartError) return error
    throw error
  }
}

/** Reports an error that would stop a start as a problem. */
async function reportStartErrors(check: string, work: () => Promise<Finding[]>): Promise<Finding[]> {
  return work().catch((error: unknown) => {
    if (error instanceof StartError) return [problem(check, error.message)]
    throw error
  })
}
