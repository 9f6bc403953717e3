import type { Settings } from '../settings.js'
import type { Step } from '../walk.js'
import { type Failure, NO_WALK, takeWalks } from './take-walks.js'

const MAX_ROUNDS = 12

/**
 * Removes steps from a walk as long as the two systems still differ on it. All candidates of a round are walked at once,
 * on one server.
 */
export async function shrinkWalk(steps: readonly Step[], settings: Partial<Settings>): Promise<Failure | undefined> {
  let current = steps
  let failure: Failure | undefined
  let size = Math.ceil(steps.length / 2)
  for (let round = 0; round < MAX_ROUNDS && size > 0; round += 1) {
    const removed = size
    const candidates = Array.from({ length: Math.ceil(current.length / removed) }, (_, index) =>
      current.filter((_step, position) => Math.floor(position / removed) !== index),
    )
    const failures = await takeWalks(candidates, settings)
    const shortest = failures.filter(({ walk }) => walk !== NO_WALK).sort((a, b) => a.commands.length - b.commands.length)[0]
    if (shortest) {
      failure = shortest
      current = candidates[shortest.walk] as readonly Step[]
      size = Math.min(size, Math.ceil(current.length / 2))
    } else size = size === 1 ? 0 : Math.ceil(size / 2)
  }
  return failure
}
