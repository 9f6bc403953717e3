import type { CloseStep } from './services.js'

/** Runs every close step, in reverse order, even if another one fails. @throws the first failure */
export async function closeAll(closing: CloseStep[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closing.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
