const LOCK_NOT_AVAILABLE = '55P03'
const MAX_CAUSES = 5

/** Whether a statement gave up because of lock_timeout. Prisma wraps what the driver reports. */
export function isLockTimeout(error: unknown, depth = 0): boolean {
  if (!(error instanceof Object) || depth > MAX_CAUSES) return false
  const { code, originalCode, cause, meta } = error as Record<string, unknown>
  if (code === LOCK_NOT_AVAILABLE || originalCode === LOCK_NOT_AVAILABLE) return true
  const { driverAdapterError } = (meta ?? {}) as Record<string, unknown>
  return isLockTimeout(cause, depth + 1) || isLockTimeout(driverAdapterError, depth + 1)
}
