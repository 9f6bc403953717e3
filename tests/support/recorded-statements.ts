import pg from 'pg'

export interface RecordedStatement {
  text: string
  values: unknown[]
}

let recorded: Map<string, RecordedStatement> | undefined

// Installed before any connection is opened, because connections keep the function that they start with.
const query: (...parameters: unknown[]) => unknown = pg.Client.prototype.query
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...parameters: unknown[]) {
    const [first, second] = parameters as [string | { text?: string; values?: unknown[] }, unknown]
    const text = typeof first === 'string' ? first : (first.text ?? '')
    const values = typeof first === 'string' ? second : (first.values ?? second)
    if (/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i.test(text)) recorded?.set(text, { text, values: Array.isArray(values) ? values : [] })
    return query.apply(this, parameters)
  },
})

/** Records the statements that all connections of this process send while `work` runs, each text once. */
export async function recordStatements(work: () => Promise<unknown>): Promise<RecordedStatement[]> {
  recorded = new Map()
  try {
    await work()
    return [...recorded.values()]
  } finally {
    recorded = undefined
  }
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  Plans?: PlanNode[]
}

/**
 * The tables that a statement reads sequentially: with its values, and with the generic plan that a prepared
 * statement may get after five executions.
 */
export async function listSequentialScans(client: pg.Client, { text, values }: RecordedStatement): Promise<string[]> {
  const withValues = await client.query({ text: `EXPLAIN (FORMAT JSON) ${text}`, values })
  const generic = await client.query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`)
  return [withValues, generic].flatMap(({ rows }) => scansOf(rows[0]['QUERY PLAN'][0].Plan))
}

function scansOf(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []
  return [...own, ...(node.Plans ?? []).flatMap(scansOf)]
}
