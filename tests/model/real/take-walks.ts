import { LEDGER_LAWS } from '../../support/ledger-laws.js'
import { BillingModel } from '../billing-model.js'
import { type Command, execute } from '../commands.js'
import { resolveStep } from '../resolve-step.js'
import { DEFAULT_SETTINGS, type Settings } from '../settings.js'
import type { Step } from '../walk.js'
import { differences, differentPreviews } from './compare.js'
import { startInProcess } from './in-process.js'
import { RealSystem } from './real-system.js'
import { createPlans, createUser, START, type WalkedServer } from './walked-server.js'
import { World } from './world.js'

const FIRST_USER = 100

export const NO_WALK = -1

/** A step that is resolved when it is taken, or a command as it is. */
export type WalkStep = Step | { readonly command: Command }

type ChangePlan = Extract<Command, { type: 'changePlan' }>

/** A walk on which the two systems differ. */
export interface Failure {
  /** Position in the list of walks; NO_WALK if the laws of the ledger do not hold at the end. */
  readonly walk: number
  readonly commands: readonly Command[]
  readonly differences: readonly string[]
}

type StartServer = (settings: Settings) => Promise<WalkedServer>

/**
 * Takes walks on one server, one customer each, and compares it with the model after every step. A walk ends at its
 * first difference.
 */
export async function takeWalks(
  walks: readonly (readonly WalkStep[])[],
  variant: Partial<Settings>,
  startServer: StartServer = startInProcess,
): Promise<Failure[]> {
  const settings = { ...DEFAULT_SETTINGS, ...variant }
  const server = await startServer(settings)
  try {
    const plans = await createPlans(server, settings)
    const world = new World(server, settings)
    const users = walks.map((_walk, index) => FIRST_USER + index)
    for (const user of users) {
      world.join(String(user))
      await createUser(server, user)
    }
    const results = await Promise.all(
      walks.map(async (steps, walk) => {
        const user = users[walk] as number
        const failure = await takeWalk(new RealSystem(world, user, plans), new BillingModel(START, settings), steps)
        world.leave(String(user))
        return failure && { walk, ...failure }
      }),
    )
    const failures = results.filter((failure) => failure !== undefined)
    const violations = failures.length > 0 ? [] : await findViolations(server)
    return violations.length > 0 ? [{ walk: NO_WALK, commands: [], differences: violations }] : failures
  } finally {
    await server.close()
  }
}

/** What violates the laws of the ledger. */
async function findViolations({ owner }: WalkedServer): Promise<string[]> {
  const found = await Promise.all(Object.values(LEDGER_LAWS).map((query) => owner.query<{ wrong: string }>(query)))
  return found.flatMap(({ rows }) => rows.map(({ wrong }) => wrong))
}

async function takeWalk(real: RealSystem, model: BillingModel, steps: readonly WalkStep[]): Promise<Omit<Failure, 'walk'> | undefined> {
  const commands: Command[] = []
  for (const [index, step] of steps.entries()) {
    const command = 'command' in step ? step.command : resolveStep(step, model.snapshot(), index)
    if (!command) continue
    commands.push(command)
    const found = await compareStep(real, model, command)
    if (found.length > 0) return { commands, differences: found }
  }
  return undefined
}

async function comparePreviews(real: RealSystem, model: BillingModel, command: ChangePlan): Promise<string[]> {
  return differentPreviews(model.previewChange(command.plan, command.when), await real.preview(command))
}

async function compareStep(real: RealSystem, model: BillingModel, command: Command): Promise<string[]> {
  const previews = command.type === 'changePlan' ? await comparePreviews(real, model, command) : []
  if (previews.length > 0) return previews
  const result = execute(model, command)
  const realResult = await real.execute(command)
  return differences({ result, snapshot: model.snapshot() }, { result: realResult, data: await real.read() })
}
