import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../core/clock.js'
import { DomainError, defineError, restoredError } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import { stableStringify } from '../../core/stable-stringify.js'
import type { Database, Transaction } from './client.js'
import type { IdempotencyRecord } from './generated/client.js'
import { CLAIM_KEY, STORE_OUTCOME } from './idempotency.statements.js'
import { readRow } from './run-statement.js'
import { bind, type ValuesOf } from './statement.js'
import { runTransaction } from './transaction.js'
import { connectionOf } from './transaction-connection.js'
import { forgetLateWrites, type LateWrite, writeAtEnd } from './write-at-end.js'

export const MAX_IDEMPOTENCY_KEY_LENGTH = 255

/** The field `idempotencyKey` of inputs. */
export const idempotencyKey = z
  .string()
  .refine(({ length }) => length >= 1 && length <= MAX_IDEMPOTENCY_KEY_LENGTH, `must be 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} characters long`)
  .refine((key) => key.isWellFormed() && !/\p{Cc}/u.test(key), 'must not contain control characters')
  .nullish()

interface IdempotencyStore {
  readonly db: Database
  readonly clock: Clock
}

/** The principal, operation and key of a request. `input` is compared when the key is used again. */
export interface IdempotentRequest {
  principal: string
  operation: string
  key: string | null | undefined
  input: unknown
}

const storedError = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
})
const storedOutcome = z.union([z.object({ answer: z.unknown() }), z.object({ error: storedError })])

/** Plain JSON. Ids are numbers, as earlier versions have stored them. */
type StoredResult = Readonly<Record<string, string | number | null>>

type StoredOutcome<T> = { answer: T } | { error: z.output<typeof storedError> }

export const IDEMPOTENCY_CONFLICT = defineError('IDEMPOTENCY_CONFLICT', {
  status: 409,
  description: 'The idempotency key has already been used with a different input.',
})

/**
 * Runs `work` in one transaction, once per key. A repeated request gets the stored result or the stored
 * business error. The key is written in the same transaction as the effect; a concurrent request with the
 * same key waits for the first.
 * @param work  returns plain JSON (ids as numbers, not records), because its result is stored
 * @throws IDEMPOTENCY_CONFLICT when the key was used before with a different input
 */
export async function runOnce<T extends StoredResult>(
  services: IdempotencyStore,
  request: IdempotentRequest,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const { key } = request
  if (key == null) return runTransaction(services.db, work)
  parseInput(idempotencyKey, 'input.idempotencyKey', key)
  const outcome = await runTransaction(services.db, async (tx) => {
    const stored = await claimKey<T>(tx, services, request, key)
    if (stored) return stored
    const fresh = await runWithSavepoint(tx, work)
    await writeAtEnd(tx, LATE_OUTCOME, [{ caller: request.principal, operation: request.operation, key, outcome: fresh }])
    return fresh
  })
  return answerOf(outcome)
}

/**
 * Runs `work` outside of a transaction and stores its result, for work that calls another service and that may be
 * repeated. Concurrent requests with the same key may all run it; they all get the result that is stored first.
 * Errors are not stored.
 * @throws IDEMPOTENCY_CONFLICT when the key was used before with a different input
 */
export async function runAndStore<T extends StoredResult>(
  services: IdempotencyStore,
  request: IdempotentRequest,
  work: () => Promise<T>,
): Promise<T> {
  const { principal: caller, operation, key } = request
  if (key == null) return work()
  parseInput(idempotencyKey, 'input.idempotencyKey', key)
  const record = await services.db.idempotencyRecord.findUnique({ where: { caller_operation_key: { caller, operation, key } } })
  if (record) return answerOf(readOutcome<T>(record, request))
  const fresh = await work()
  return runOnce(services, request, async () => fresh)
}

/** Whether a request with this key has had its effect, or its stored business error. */
export async function hasOutcome({ db }: Pick<IdempotencyStore, 'db'>, request: Omit<IdempotentRequest, 'input'>): Promise<boolean> {
  const { principal: caller, operation, key } = request
  if (key == null) return false
  return (await db.idempotencyRecord.count({ where: { caller, operation, key } })) > 0
}

function answerOf<T>(outcome: StoredOutcome<T>): T {
  if ('answer' in outcome) return outcome.answer
  throw restoredError(outcome.error.code, outcome.error.message, outcome.error.details)
}

/** A request has one outcome. */
const LATE_OUTCOME: LateWrite<ValuesOf<(typeof STORE_OUTCOME)['parameters']>> = {
  bind: ([outcome]) => bind(STORE_OUTCOME, outcome as NonNullable<typeof outcome>),
}

/** @returns the stored outcome of the key, or undefined when this request has claimed it */
async function claimKey<T>(
  tx: Transaction,
  { clock }: IdempotencyStore,
  request: IdempotentRequest,
  key: string,
): Promise<StoredOutcome<T> | undefined> {
  const { principal: caller, operation } = request
  const requestHash = hash(request.input)
  if (await readRow(tx, bind(CLAIM_KEY, { caller, operation, key, requestHash, at: clock.now() }))) return undefined
  return readOutcome(await tx.idempotencyRecord.findUniqueOrThrow({ where: { caller_operation_key: { caller, operation, key } } }), request)
}

/** @throws IDEMPOTENCY_CONFLICT */
function readOutcome<T>(record: IdempotencyRecord, request: IdempotentRequest): StoredOutcome<T> {
  if (record.requestHash !== hash(request.input)) {
    throw new DomainError(IDEMPOTENCY_CONFLICT, 'this idempotency key was already used with a different input; use a new key')
  }
  // The operation and the hash of the input are equal, so the result has the same type.
  return storedOutcome.parse(record.outcome) as StoredOutcome<T>
}

/** Runs `work` after a savepoint, so that a business error rolls back the work but not the key. */
async function runWithSavepoint<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>): Promise<StoredOutcome<T>> {
  const connection = connectionOf(tx)
  connection.wantSavepoint()
  try {
    const answer = await work(tx)
    connection.forgetSavepoint()
    return { answer }
  } catch (error) {
    if (!(error instanceof DomainError) || !error.isOutcome) throw error
    await connection.rollBackToSavepoint()
    forgetLateWrites(tx)
    return { error: { code: error.code, message: error.message, details: { ...error.details } } }
  }
}

function hash(input: unknown): string {
  return createHash('sha256').update(stableStringify(input)).digest('hex')
}
