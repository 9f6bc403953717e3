import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { formatError } from '../../../src/api/graphql/format-error.js'
import { isCompilable } from '../../../src/api/graphql/is-compilable.js'
import { createJitExecutor } from '../../../src/api/graphql/jit-executor.js'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { argumentsText, installMockResolvers, type MockCall, type MockContext } from '../../support/mock-resolvers.js'
import { Random } from '../../support/random.js'
import { type Features, randomOperation } from '../../support/random-operation.js'

const SEEDS = process.env.FUZZ_SEED ? [Number(process.env.FUZZ_SEED)] : [20261125, 1, 2]
const DOCUMENTS = 300

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
  calls: MockCall[]
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
  return { data, errors: formatted, calls: context.calls }
}

const textsOf = (calls: readonly MockCall[]): string[] => calls.map(({ text }) => text).sort()

/**
 * What graphql-jit has called before a query failed. It may call more resolvers than graphql-js, which stops
 * at an error, but none with other arguments, nor with another object at the same place of the response.
 */
function haveSameArguments({ operation, variables }: Operation, compiled: readonly MockCall[], expected: readonly MockCall[]): boolean {
  const texts = new Map(expected.map(({ path, text }) => [path, text]))
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  return compiled.every(({ path, text, field, node, args }) => {
    const isSame = (texts.get(path) ?? text) === text
    return isSame && argumentsText(args) === argumentsOf({ field, node }, coerced)
  })
}

/** The arguments that graphql-js computes, or the reason why it refuses them. */
function argumentsOf({ field, node }: Pick<MockCall, 'field' | 'node'>, variables: Record<string, unknown> | undefined): string {
  try {
    return argumentsText(getArgumentValues(field, node, variables))
  } catch (error) {
    return String(error)
  }
}

/** Whether the executor must compile an operation with these variables. */
function mustBeCompiled({ document, operation, variables }: Operation): boolean {
  return isCompilable(document, operation) && !getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors
}

interface Comparison {
  /** The kind of difference between the two engines; undefined when they agree. */
  difference: string | undefined
  /** Whether graphql-jit has called a resolver. */
  isCompiled: boolean
  hasErrors: boolean
}

async function compareOnce(operation: Operation, { seed, faults }: Options): Promise<Comparison> {
  const expected = await outcomeOf((context) => interpret(operation, context), seed, faults)
  const actual = await outcomeOf((context) => runExecutor(operation, context), seed, faults)
  const compiled = actual.calls.filter(({ isCompiled }) => isCompiled)
  return {
    difference: differenceOf(operation, { expected, actual, compiled }),
    isCompiled: compiled.length > 0,
    hasErrors: expected.errors.length > 0,
  }
}

interface Outcomes {
  expected: Outcome
  actual: Outcome
  /** Those of the actual calls that graphql-jit made. */
  compiled: readonly MockCall[]
}

function differenceOf(operation: Operation, { expected, actual, compiled }: Outcomes): string | undefined {
  if (JSON.stringify(actual.data) !== JSON.stringify(expected.data)) return 'data'
  if (JSON.stringify(actual.errors) !== JSON.stringify(expected.errors)) return 'errors'
  if (expected.calls.length > 0 && mustBeCompiled(operation) !== compiled.length > 0) return 'engine'
  const isWrite = operation.operation.operation === 'mutation'
  if (isWrite || expected.errors.length === 0)
    return String(textsOf(actual.calls)) === String(textsOf(expected.calls)) ? undefined : 'calls'
  const texts = new Set(textsOf(actual.calls))
  if (!expected.calls.every(({ text }) => texts.has(text))) return 'calls'
  return haveSameArguments(operation, compiled, expected.calls) ? undefined : 'arguments'
}

interface Summary {
  compared: number
  /** How many operations graphql-jit has executed. */
  compiled: number
  /** How many of those have resolvers that failed. */
  failed: number
  /** How many of the compiled ones have fragments on the types that implement an interface. */
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

interface Options {
  seed: number
  /** The probability that a resolver fails. */
  faults: number
}

/** Compares the engines with random operations. */
async function compare({ seed, faults }: Options): Promise<Summary> {
  const random = new Random(seed)
  const summary: Summary = { compared: 0, compiled: 0, failed: 0, abstract: 0, invalid: 0, differences: [] }
  for (let count = 0; count < DOCUMENTS; count += 1) {
    const { query, operationName, variables } = randomOperation(schema, random, randomFeatures(random))
    const document = parse(query)
    const operation = getOperationAST(document, operationName)
    if (!operation || validate(schema, document).length > 0) {
      summary.invalid += 1
      continue
    }
    const comparisons: Comparison[] = []
    for (const values of variables) {
      const comparison = await compareOnce({ query, document, operation, operationName, variables: values }, { seed: seed + count, faults })
      comparisons.push(comparison)
      if (comparison.difference) summary.differences.push(`different ${comparison.difference}: ${query} ${JSON.stringify(values)}`)
    }
    summary.compared += comparisons.length
    const compiled = comparisons.filter(({ isCompiled }) => isCompiled)
    if (compiled.length > 0) summary.compiled += 1
    if (compiled.some(({ hasErrors }) => hasErrors)) summary.failed += 1
    if (compiled.length > 0 && /\bnodes?\(.*\.\.\./.test(query)) summary.abstract += 1
  }
  return summary
}

describe.each(SEEDS)('graphql-js and the executor agree about random operations of seed %d', (seed) => {
  test.each([
    ['that succeed', 0],
    ['that fail occasionally', 0.04],
  ])('with resolvers %s', async (_what, faults) => {
    const { compared, compiled, failed, abstract, invalid, differences } = await compare({ seed, faults })
    expect(differences).toEqual([])
    expect(compared).toBeGreaterThan(DOCUMENTS * 3)
    // Ensures that graphql-js is not compared with itself, and not only with errors.
    expect(compiled).toBeGreaterThan(DOCUMENTS / 4)
    expect(abstract).toBeGreaterThan(DOCUMENTS / 25)
    expect(invalid).toBeLessThan(DOCUMENTS / 20)
    if (faults > 0) expect(failed).toBeGreaterThan(DOCUMENTS / 20)
  })
})
