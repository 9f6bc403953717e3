/** Runs all steps in order, even if some fail. @throws AggregateError of the failures */
export async function runAll(steps: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join('; '))
}
