import { type DocumentNode, type ExecutionResult, execute, getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { formatError } from '../../../src/api/graphql/format-error.js'
import { isCompilable } from '../../../src/api/graphql/is-compilable.js'
import { createJitExecutor } from '../../../src/api/graphql/jit-executor.js'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { installMockResolvers, type MockContext } from '../../support/mock-resolvers.js'
import { Random } from '../../support/random.js'
import { type Features, randomOperation } from '../../support/random-operation.js'

const SEED = Number(process.env.FUZZ_SEED ?? 20261125)
const DOCUMENTS = 500

const schema = graphQLSchema()
installMockResolvers(schema)
const executor = createJitExecutor(schema, 1)

interface Operation {
  query: string
  document: DocumentNode
  operation: OperationDefinitionNode
  operationName: string
  variables: Record<string, unknown>
}

interface Outcome {
  data: unknown
  errors: string[]
  calls: string[]
}

async function interpret({ document, operationName, variables }: Operation, contextValue: MockContext): Promise<ExecutionResult> {
  return execute({ schema, document, operationName, contextValue, variableValues: variables })
}

async function byExecutor({ query, document, operation, operationName, variables }: Operation, context: MockContext) {
  const request = { document, operation, operationName, queryHash: query, context, request: { variables } }
  return (await executor(request as never)) as ExecutionResult
}

async function outcomeOf(run: (context: MockContext) => Promise<ExecutionResult>, seed: number, faults: number): Promise<Outcome> {
  const context: MockContext = { seed, faults, calls: [] }
  const { data, errors = [] } = await run(context)
  const formatted = errors.map((error) => {
    const { message, path, extensions } = formatError(error.toJSON(), error)
    return JSON.stringify({ message, path, code: extensions?.code, field: extensions?.field })
  })
  return { data, errors: formatted, calls: context.calls.sort() }
}

/** What differs between the two engines, in words; undefined when nothing does. */
async function findDifference(operation: Operation, seed: number, faults: number): Promise<string | undefined> {
  const expected = await outcomeOf((context) => interpret(operation, context), seed, faults)
  const actual = await outcomeOf((context) => byExecutor(operation, context), seed, faults)
  if (JSON.stringify(actual.data) !== JSON.stringify(expected.data)) return 'data'
  if (JSON.stringify(actual.errors) !== JSON.stringify(expected.errors)) return 'errors'
  const isWrite = operation.operation.operation === 'mutation'
  if (isWrite || expected.errors.length === 0) return String(actual.calls) === String(expected.calls) ? undefined : 'calls'
  // A query that fails may run further resolvers, or run them again, but never with other arguments.
  const calls = new Set(actual.calls)
  return expected.calls.every((call) => calls.has(call)) ? undefined : 'calls'
}

interface Comparison {
  compared: number
  compiled: number
  invalid: number
  /** What differed, with the operation. */
  differences: string[]
}

function randomFeatures(random: Random): Features {
  const isPlain = random.chance(0.5)
  const some = () => !isPlain && random.chance(0.7)
  return { directives: some(), nestedVariables: some(), nonNullDefaults: some() }
}

/** Compares the engines over random operations. @param faults  how often a resolver fails */
async function compare(documents: number, faults: number): Promise<Comparison> {
  const random = new Random(SEED)
  const comparison: Comparison = { compared: 0, compiled: 0, invalid: 0, differences: [] }
  for (let written = 0; written < documents; written += 1) {
    const { query, operationName, variables } = randomOperation(schema, random, randomFeatures(random))
    const document = parse(query)
    const operation = getOperationAST(document, operationName)
    if (!operation || validate(schema, document).length > 0) {
      comparison.invalid += 1
      continue
    }
    if (isCompilable(document, operation)) comparison.compiled += 1
    for (const values of variables) {
      const difference = await findDifference({ query, document, operation, operationName, variables: values }, SEED + written, faults)
      comparison.compared += 1
      if (difference) comparison.differences.push(`other ${difference}: ${query} ${JSON.stringify(values)}`)
    }
  }
  return comparison
}

test.each([
  ['that succeed', 0],
  ['that fail now and then', 0.04],
])('graphql-js and the executor give the same results with resolvers %s', async (_what, faults) => {
  const { compared, compiled, invalid, differences } = await compare(DOCUMENTS, faults)
  expect(differences).toEqual([])
  expect(compared).toBeGreaterThan(DOCUMENTS * 3)
  // Not a comparison of graphql-js with itself, and not of errors only.
  expect(compiled).toBeGreaterThan(DOCUMENTS / 4)
  expect(invalid).toBeLessThan(DOCUMENTS / 20)
})
