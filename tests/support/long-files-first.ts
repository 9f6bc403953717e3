import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that start programs or run for a fixed time. They are short, but their tests take up to two minutes. */
const LONG = /^tests\/(e2e|fuzz|platform\/(scaling|jobs))\//

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
