import { GraphQLError } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logInternalErrors } from '../../../src/api/graphql/format-error.js'
import { DomainError } from '../../../src/core/errors.js'
import { testLogger } from '../../support/logger.js'
import { startServer, type TestServer } from '../../support/server.js'

interface Line {
  level: 'error' | 'warn'
  details: object
}

function linesOf(error: GraphQLError): Line[] {
  const lines: Line[] = []
  const log = (level: Line['level']) => (details: object) => void lines.push({ level, details })
  logInternalErrors(testLogger({ error: log('error'), warn: log('warn') }), [error])
  return lines
}

describe('a failure of the server is logged', () => {
  test.each([
    ['in a resolver', new GraphQLError('broken', { path: ['me'], originalError: new Error('broken') }), ['me']],
    ['outside any field', new GraphQLError('broken', { originalError: new Error('broken') }), undefined],
    ['with a code that is not one of ours', new GraphQLError('broken', { extensions: { code: 'BROKEN' } }), undefined],
  ])('%s', (_where, error, path) => {
    expect(linesOf(error)).toEqual([{ level: 'error', details: { err: expect.any(Error), path } }])
  })
})

describe('an error of the client is not logged', () => {
  test.each([
    ['by its code', new GraphQLError('wrong', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })],
    ['of a rule', new GraphQLError('no', { path: ['me'], originalError: new DomainError('FORBIDDEN', 'no') })],
    ['of an operation that the document lacks', new GraphQLError('no', { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })],
  ])('%s', (_what, error) => expect(linesOf(error)).toEqual([]))
})

describe('over HTTP', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  test.each([
    ['a document that does not parse', '{', {}],
    ['a document that is not valid', '{ nothing }', {}],
    ['a wrong variable', 'query ($id: ID!) { plan(id: $id) { id } }', {}],
    [
      'more wrong values in variables than are reported',
      'mutation ($users: [UpsertUserInput!]!) { upsertUsers(users: $users) { __typename } }',
      { users: Array.from({ length: 60 }, () => ({ id: true })) },
    ],
  ])('%s is not logged as a failure', async (_what, query, variables) => {
    const { errors } = await server.ask(undefined, query, variables)
    expect(errors?.map(({ extensions }) => extensions.code)).not.toContain('INTERNAL_SERVER_ERROR')
    expect(server.logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })
})
