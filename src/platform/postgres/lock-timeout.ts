const LOCK_NOT_AVAILABLE = '55P03'
const MAX_LOCK_CAUSE_DEPTH = 5

/** Whether a statement failed because of lock_timeout. Prisma wraps the error of the driver. */
export function isLockTimeout(error: unknown, depth = 0): boolean {
  if (!(error instanceof Object) || depth > MAX_LOCK_CAUSE_DEPTH) return false
  const { code, originalCode, cause, meta } = error as Record<string, unknown>
  if (code === LOCK_NOT_AVAILABLE || originalCode === LOCK_NOT_AVAILABLE) return true
  const { driverAdapterError } = (meta ?? {}) as Record<string, unknown>
  return isLockTimeout(cause, depth + 1) || isLockTimeout(driverAdapterError, depth + 1)
}
