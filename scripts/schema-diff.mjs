// The difference between the released schema and schema.graphql. The first line of the released schema names
// the version of the API, such as "# API version 1.0".
import { readFile } from 'node:fs/promises'
import { CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'
import { API_VERSION } from '../dist/api/http/api-version.js'

const RELEASED = 'tests/released-schema.graphql'

const releasedText = await readFile(RELEASED, 'utf8')
export const releasedVersion = /^# API version (\d+\.\d+)\n/.exec(releasedText)?.[1]
if (!releasedVersion) throw new Error(`${RELEASED}: the first line must be "# API version" and a number, such as 1.0`)
export const currentVersion = API_VERSION

/** Only a new major version may break clients. */
export const mayBreakClients = majorOf(currentVersion) > majorOf(releasedVersion)

const schemas = [buildSchema(releasedText), buildSchema(await readFile('schema.graphql', 'utf8'))]

/** Without descriptions, and without the members of new and removed types. */
export const listChanges = () => diff(...schemas, [DiffRule.ignoreDescriptionChanges, DiffRule.simplifyChanges])

export const isBreaking = ({ criticality }) => criticality.level === CriticalityLevel.Breaking
export const isDangerous = ({ criticality }) => criticality.level === CriticalityLevel.Dangerous

function majorOf(version) {
  return Number(version.split('.', 1)[0])
}
