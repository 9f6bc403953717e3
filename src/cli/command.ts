import { StartError } from '../core/errors.js'

/** Runs a command of the terminal: what the caller can mend is one line, without a stack. */
export async function command(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const mendable = error instanceof StartError || error instanceof TypeError
    console.error(mendable ? error.message : error)
    process.exitCode = 1
  }
  // The engine of migrations leaves a timer of ten seconds behind, for which nobody needs to wait.
  process.exit()
}
