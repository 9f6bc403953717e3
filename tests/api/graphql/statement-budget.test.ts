import { readFileSync, writeFileSync } from 'node:fs'
import {
  buildSchema,
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
} from 'graphql'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_DATA_KEY } from '../../../src/modules/settings/index.js'
import { listNodeIds } from '../../modules/identity/visibility/node-ids.js'
import { createWorld, type World } from '../../modules/identity/visibility/people.js'
import { valueFor } from '../../modules/identity/visibility/values.js'
import { fillArguments } from '../../support/schema-walk.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

// Counts the SQL statements of every operation of the cookbook, transactions included, in a process whose caches are filled.
// A change that needs more fails. Regenerate the list with WRITE_BUDGET=1 and review every line that has grown.

const LIST = new URL('./statement-budget.txt', import.meta.url)
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
let server: TestServer
let world: World
/** Notifications of changed plans arrive at any time, so that any operation would read all plans again. This reads them now. */
let refillPlanCache: () => Promise<unknown>

beforeAll(async () => {
  const environment = { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976' }
  server = await startServer({ asOwner: true, environment })
  world = await createWorld(server)
  const { planCache } = server.services
  const invalidate = planCache.invalidate.bind(planCache)
  vi.spyOn(planCache, 'invalidate').mockImplementation(() => undefined)
  refillPlanCache = () => {
    invalidate()
    return planCache.read()
  }
  // Without it nobody could call resetDemo.
  await server.services.db.setting.create({ data: { key: DEMO_DATA_KEY, value: true, updatedAt: server.clock.now() } })
})
afterAll(() => server.close())

interface Operation {
  readonly definition: OperationDefinitionNode
  /** The name of the root field. */
  readonly field: string
}

/** Mutations that need what others change. */
const FIRST = [
  'cancelOrder',
  'reportPayment',
  'extendDueDate',
  'cancelSubscription',
  'resumeSubscription',
  'changePlan',
  'revokePlanChange',
]
/** Mutations that change or delete what all others need. */
const LAST = ['advanceClock', 'resetDemo']

/** Queries come before mutations. */
function listOperations({ definitions }: DocumentNode): Operation[] {
  const found = definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === 'subscription') return []
    const root = definition.selectionSet.selections.find((selection): selection is FieldNode => selection.kind === Kind.FIELD)
    return root ? [{ definition, field: root.name.value }] : []
  })
  const rank = ({ definition, field }: Operation) => {
    if (definition.operation === 'query') return -FIRST.length - 1
    return FIRST.includes(field) ? FIRST.indexOf(field) - FIRST.length : LAST.indexOf(field) + 1
  }
  return found.toSorted((one, other) => rank(one) - rank(other))
}

/**
 * The statements of an operation that succeeds: the second of two queries, or the first mutation that is not refused. Plans are
 * changed for all customers, because some changes wait for a payment.
 */
async function listStatements({ definition, field }: Operation): Promise<string[]> {
  const root = (definition.operation === 'query' ? schema.getQueryType() : schema.getMutationType()) as GraphQLObjectType
  const args = root.getFields()[field]?.args ?? []
  const refused: unknown[] = []
  let most: string[] | undefined
  const attempts = world.targets.flatMap((target) => (['admin', target.userId] as const).map((who) => ({ target, who })))
  for (const { target, who } of attempts) {
    // One of every type.
    const ids = field === 'nodes' ? (await listNodeIds(server)).flatMap(([id]) => id ?? []) : undefined
    const variables = ids ? { ids } : fillArguments(args, valueFor(field, target, world.installation, server.url))
    let answer: Answer | undefined
    const run = async () => {
      answer = await server.ask(who, print(definition), variables)
    }
    if (definition.operation === 'query') await run()
    await refillPlanCache()
    const statements = await countStatements(run)
    if (answer?.errors) refused.push(answer.errors[0]?.message)
    else if (!most || statements.length > most.length) most = statements
    if (most && field !== 'changePlan') break
  }
  if (most) return most
  throw new Error(`${field} was refused for every customer: ${JSON.stringify(refused)}`)
}

test('no operation of the cookbook needs more statements than before', async () => {
  const operations = listOperations(parse(readFileSync('docs/cookbook.graphql', 'utf8')))
  const counted = new Map<string, string[]>()
  for (const operation of operations) {
    counted.set(`${operation.definition.operation} ${operation.field}`, await listStatements(operation))
  }
  const lines = [...counted].map(([name, statements]) => `${name} ${statements.length}`)
  if (process.env.WRITE_BUDGET) writeFileSync(LIST, `${lines.sort().join('\n')}\n`)
  const budget = new Map(
    readFileSync(LIST, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
  // With their statements, so that a failure shows which one was added.
  expect([...counted].filter(([name, statements]) => statements.length > (budget.get(name) ?? 0))).toEqual([])
  expect([...budget.keys()].filter((name) => !counted.has(name))).toEqual([])
})
