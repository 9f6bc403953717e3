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

async function runExecutor({ query, document, operation, operationName, variables }: Operation, context: MockContext) {
  const request = { document, operation, operationName, queryHash: query, context, request: { variables } }
  return (await executor(request as never)) as ExecutionResult
}

async function outcomeOf(run: (context: MockContext) => Promise<ExecutionResult>, seed: number, faults: number): Promise<Outcome> {
  const context: MockContext = { seed, faults, calls: [], schema }
  const { data, errors = [] } = await run(context)
  const formatted = errors.map((error) => {
    const { message, path, extensions } = formatError(error.toJSON(), error)
    return JSON.stringify({ message, path, code: extensions?.code, field: extensions?.field })
  })
  return { data, errors: formatted, calls: context.calls.sort() }
}

/** @returns the kind of difference between the two engines; undefined when they agree */
async function findDifference(operation: Operation, seed: number, faults: number): Promise<string | undefined> {
  const expected = await outcomeOf((context) => interpret(operation, context), seed, faults)
  const actual = await outcomeOf((context) => runExecutor(operation, context), seed, faults)
  if (JSON.stringify(actual.data) !== JSON.stringify(expected.data)) return 'data'
  if (JSON.stringify(actual.errors) !== JSON.stringify(expected.errors)) return 'errors'
  const isWrite = operation.operation.operation === 'mutation'
  if (isWrite || expected.errors.length === 0) return String(actual.calls) === String(expected.calls) ? undefined : 'calls'
  // A failing query may run additional resolvers, or the same ones again, but never with different arguments.
  const calls = new Set(actual.calls)
  return expected.calls.every((call) => calls.has(call)) ? undefined : 'calls'
}

interface Comparison {
  compared: number
  compiled: number
  /** How many compiled ones have fragments on the types that implement an interface. */
  abstract: number
  invalid: number
  /** Each difference with its operation. */
  differences: string[]
}

function randomFeatures(random: Random): Features {
  const isPlain = random.chance(0.5)
  const sometimes = () => !isPlain && random.chance(0.7)
  return { directives: sometimes(), nestedVariables: sometimes(), nonNullDefaults: sometimes() }
}

/** Compares the engines with random operations. @param faults  the probability that a resolver fails */
async function compare(documents: number, faults: number): Promise<Comparison> {
  const random = new Random(SEED)
  const comparison: Comparison = { compared: 0, compiled: 0, abstract: 0, invalid: 0, differences: [] }
  for (let count = 0; count < documents; count += 1) {
    const { query, operationName, variables } = randomOperation(schema, random, randomFeatures(random))
    const document = parse(query)
    const operation = getOperationAST(document, operationName)
    if (!operation || validate(schema, document).length > 0) {
      comparison.invalid += 1
      continue
    }
    if (isCompilable(document, operation)) {
      comparison.compiled += 1
      if (/\bnodes?\(.*\.\.\./.test(query)) comparison.abstract += 1
    }
    for (const values of variables) {
      const difference = await findDifference({ query, document, operation, operationName, variables: values }, SEED + count, faults)
      comparison.compared += 1
      if (difference) comparison.differences.push(`different ${difference}: ${query} ${JSON.stringify(values)}`)
    }
  }
  return comparison
}

test.each([
  ['that succeed', 0],
  ['that fail occasionally', 0.04],
])('graphql-js and the executor return the same results with resolvers %s', async (_what, faults) => {
  const { compared, compiled, abstract, invalid, differences } = await compare(DOCUMENTS, faults)
  expect(differences).toEqual([])
  expect(compared).toBeGreaterThan(DOCUMENTS * 3)
  // Ensures that graphql-js is not compared with itself, and not only with errors.
  expect(compiled).toBeGreaterThan(DOCUMENTS / 4)
  expect(abstract).toBeGreaterThan(DOCUMENTS / 25)
  expect(invalid).toBeLessThan(DOCUMENTS / 20)
})
