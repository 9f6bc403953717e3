import type { Logger } from '../../src/core/logger.js'

const ignore = () => undefined

/** A logger without output, except for what the test observes. */
export function testLogger(observed: Partial<Logger> = {}): Logger {
  return { debug: ignore, info: ignore, warn: ignore, error: ignore, ...observed }
}
