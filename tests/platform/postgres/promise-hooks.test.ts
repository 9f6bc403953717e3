import { executionAsyncId } from 'node:async_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

/** With hooks, each continuation has an id of its own. */
async function arePromisesHooked(): Promise<boolean> {
  await null
  const id = executionAsyncId()
  await null
  return executionAsyncId() !== id
}

test('after transactions of Prisma, Node calls no hooks for promises', async () => {
  expect(await arePromisesHooked()).toBe(false)
  const { db } = server.services
  const countUsers = () => runTransaction(db, (tx) => tx.user.count())
  await Promise.all(Array.from({ length: 20 }, countUsers))
  expect(await arePromisesHooked()).toBe(false)
})

test('concurrent transactions of Prisma stay apart', async () => {
  const { db } = server.services
  const ids = Array.from({ length: 30 }, (_, index) => `apart-${index}`)
  const createUser = (id: string, index: number) =>
    runTransaction(db, async (tx) => {
      await tx.user.create({ data: { id } })
      if (index % 3 === 0) throw new Error('undone')
      return tx.user.findMany({ where: { id: { startsWith: 'apart-' } } })
    }).catch(() => undefined)
  await Promise.all(ids.map(createUser))
  const users = await db.user.findMany({ where: { id: { startsWith: 'apart-' } } })
  expect(users.map(({ id }) => id).toSorted()).toEqual(ids.filter((_, index) => index % 3 !== 0).toSorted())
})
