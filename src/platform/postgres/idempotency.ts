import { createHash } from 'node:crypto'
import type { Clock } from '../../core/clock.js'
import { DomainError, type ErrorCode, invalidInputError } from '../../core/errors.js'
import { stableStringify } from '../../core/stable-stringify.js'
import type { Database, Transaction } from './client.js'
import { runTransaction } from './transaction.js'

export const MAX_KEY_LENGTH = 255

interface IdempotencyStore {
  readonly db: Database
  readonly clock: Clock
}

/** Who asks for what under which key; `input` is compared when the key comes again. */
export interface IdempotentRequest {
  principal: string
  operation: string
  key: string | null | undefined
  input: unknown
}

type StoredOutcome<T> = { answer: T } | { error: { code: ErrorCode; message: string; details: Record<string, unknown> } }

/** Not the domain's answer but the door's: such a refusal is not remembered. */
const CODES_NOT_STORED = new Set<ErrorCode>(['BAD_USER_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'FEATURE_DISABLED', 'INTERNAL_SERVER_ERROR'])

/**
 * Runs `work` in one transaction, once for a key: a repetition gets the stored answer, business errors included.
 * The key is written in the transaction of its effect; a second request at the same moment waits for the first.
 * @param work  returns plain JSON (ids, not records), for that is what is stored
 * @throws IDEMPOTENCY_CONFLICT when the key came before with another input
 */
export async function runOnce<T>(
  services: IdempotencyStore,
  request: IdempotentRequest,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const { key } = request
  if (key == null) return runTransaction(services.db, work)
  if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
    throw invalidInputError('input.idempotencyKey', `must have between 1 and ${MAX_KEY_LENGTH} characters`)
  }
  if (!key.isWellFormed() || /\p{Cc}/u.test(key)) {
    throw invalidInputError('input.idempotencyKey', 'must not contain control characters')
  }
  const outcome = await runTransaction(services.db, async (tx) => {
    const stored = await claimKey<T>(tx, services, request, key)
    if (stored) return stored
    const fresh = await runWithSavepoint(tx, work)
    await tx.idempotencyRecord.update({
      where: { caller_operation_key: { caller: request.principal, operation: request.operation, key } },
      data: { outcome: fresh as object },
    })
    return fresh
  })
  if ('answer' in outcome) return outcome.answer
  throw new DomainError(outcome.error.code, outcome.error.message, outcome.error.details)
}

/** @returns what is stored for the key, or undefined when it is ours now */
async function claimKey<T>(
  tx: Transaction,
  { clock }: IdempotencyStore,
  request: IdempotentRequest,
  key: string,
): Promise<StoredOutcome<T> | undefined> {
  const { principal: caller, operation } = request
  const requestHash = hash(request.input)
  const { count } = await tx.idempotencyRecord.createMany({
    data: { caller, operation, key, requestHash, createdAt: clock.now() },
    skipDuplicates: true,
  })
  if (count === 1) return undefined
  const record = await tx.idempotencyRecord.findUniqueOrThrow({ where: { caller_operation_key: { caller, operation, key } } })
  if (record.requestHash !== requestHash) {
    throw new DomainError('IDEMPOTENCY_CONFLICT', 'This idempotency key was used before with another input; take a new key')
  }
  return record.outcome as unknown as StoredOutcome<T>
}

/** A business error undoes the work but not the key: the savepoint lies between them. */
async function runWithSavepoint<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>): Promise<StoredOutcome<T>> {
  await tx.$executeRaw`SAVEPOINT work`
  try {
    return { answer: await work(tx) }
  } catch (error) {
    if (!(error instanceof DomainError) || CODES_NOT_STORED.has(error.code)) throw error
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT work`
    return { error: { code: error.code, message: error.message, details: { ...error.details } } }
  }
}

function hash(input: unknown): string {
  return createHash('sha256').update(stableStringify(input)).digest('hex')
}
