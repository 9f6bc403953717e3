import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that start programs, run for a fixed time or take random walks. They are short, but their tests take minutes. */
const LONG = /^tests\/(e2e|fuzz|model|platform\/(scaling|jobs))\//

/**
 * Starts the longest files first, so that no worker waits for one at the end. Without results of a previous run,
 * Vitest would order the files by their size.
 */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(relative('.', moduleId))
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
