import { GraphQLError } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logInternalErrors } from '../../../src/api/graphql/format-error.js'
import { DomainError, FORBIDDEN } from '../../../src/core/errors.js'
import { testLogger } from '../../support/logger.js'
import { startServer, type TestServer } from '../../support/server.js'

interface LogLine {
  level: 'error' | 'warn'
  details: object
}

function linesOf(error: GraphQLError): LogLine[] {
  const lines: LogLine[] = []
  const log = (level: LogLine['level']) => (details: object) => void lines.push({ level, details })
  logInternalErrors(testLogger({ error: log('error'), warn: log('warn') }), [error])
  return lines
}

describe('logs an internal error', () => {
  test.each([
    ['in a resolver', new GraphQLError('broken', { path: ['me'], originalError: new Error('broken') }), ['me']],
    ['outside any field', new GraphQLError('broken', { originalError: new Error('broken') }), undefined],
    ['with an unknown code', new GraphQLError('broken', { extensions: { code: 'BROKEN' } }), undefined],
  ])('%s', (_where, error, path) => {
    expect(linesOf(error)).toEqual([{ level: 'error', details: { err: expect.any(Error), path } }])
  })
})

describe('does not log a client error', () => {
  test.each([
    ['recognised by its code', new GraphQLError('wrong', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })],
    ['thrown as a DomainError', new GraphQLError('no', { path: ['me'], originalError: new DomainError(FORBIDDEN, 'no') })],
    [
      'for an operation name that the document does not contain',
      new GraphQLError('no', { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }),
    ],
  ])('%s', (_what, error) => expect(linesOf(error)).toEqual([]))
})

describe('over HTTP', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  test.each([
    ['an operation that does not parse', '{', {}],
    ['an operation that is not valid', '{ nothing }', {}],
    ['an invalid variable', 'query ($id: ID!) { plan(id: $id) { id } }', {}],
    [
      'more invalid variables than are reported',
      'mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { __typename } }',
      { users: Array.from({ length: 60 }, () => ({ id: true })) },
    ],
  ])('does not log %s as an internal error', async (_what, query, variables) => {
    const { errors } = await server.ask(undefined, query, variables)
    expect(errors?.map(({ extensions }) => extensions.code)).not.toContain('INTERNAL_SERVER_ERROR')
    expect(server.logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })
})
