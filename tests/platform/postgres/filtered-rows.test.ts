import { expect, test } from 'vitest'
import { listByTime, readFilteredRows } from '../../../src/platform/postgres/filtered-page.js'
import { Prisma } from '../../../src/platform/postgres/generated/client.js'

test('reads the columns of the rows of a page only, not those of every source', async () => {
  const statements: string[] = []
  const read = async ({ text }: Prisma.Sql) => {
    statements.push(text)
    return []
  }
  const source = (column: string) => ({ from: Prisma.sql`users AS source`, match: Prisma.sql`${Prisma.raw(column)} = source.id` })
  const filter = { sources: [source('user_id'), source('organisation_id')], conditions: [] }
  const list = listByTime<bigint>('orders', 'placed_at', false)
  await readFilteredRows(read, list, Prisma.sql`id, (SELECT expensive)`, filter, { size: 10, backward: false })
  expect(statements).toHaveLength(1)
  expect(statements[0]?.split('SELECT expensive')).toHaveLength(2)
  expect(statements[0]?.split('AS listed')[0]).not.toContain('SELECT expensive')
})
