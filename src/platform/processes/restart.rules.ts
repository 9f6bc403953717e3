import { MINUTE_MS, SECOND_MS } from '../../core/duration.js'

/** A worker process that has been ready for this time has started successfully. */
const STABLE_AFTER_MS = 10 * SECOND_MS
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = MINUTE_MS / 2
/** After this number of failures in a row without any worker process that is ready, the server ends. */
const MAX_FAILURES = 6

/** @returns the number of failures in a row, including the one of a process that has just ended */
export function countFailures(previous: number, readyMs: number | undefined): number {
  return readyMs !== undefined && readyMs >= STABLE_AFTER_MS ? 0 : previous + 1
}

/** How long to wait before a replacement starts, milliseconds: nothing for a process that was stable, then twice as long each time. */
export function restartDelay(failures: number): number {
  return failures === 0 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1))
}

/** Whether the server ends so that its supervisor takes over, instead of waiting without a process that can respond. */
export function mustGiveUp(failures: number, isAnyReady: boolean): boolean {
  return failures >= MAX_FAILURES && !isAnyReady
}
