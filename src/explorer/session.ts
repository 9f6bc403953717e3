import type { ExecutionResult } from 'graphql'
import { useSyncExternalStore } from 'react'
import { type Found, forgetFound, loadFound, saveFound } from './found'
import { STEPS, type Step } from './steps'
import { type Identity, NO_TOKENS, type Tokens } from './tokens'

export interface SessionState {
  /** Without tokens there is only the field to paste one. */
  tokens: Tokens
  identity: Identity
  pasted: string
  found: Found
}

/** Who sends the next request, and what the tour has found: what GraphiQL itself does not know. */
export class Session {
  readonly #listeners = new Set<() => void>()
  #state: SessionState

  constructor({ tokens, pasted }: { tokens: Tokens; pasted: string }) {
    this.#state = { tokens, pasted, identity: 'customer', found: loadFound() }
  }

  get state(): SessionState {
    return this.#state
  }

  /** Whether this is a demo, whose administrator and customer are both at hand. */
  get isDemo(): boolean {
    return this.#state.tokens !== NO_TOKENS
  }

  get token(): string {
    const { tokens, identity, pasted } = this.#state
    return this.isDemo ? tokens[identity] : pasted
  }

  select(identity: Identity): void {
    this.#set({ identity })
  }

  /** Opening a step selects whom it is meant for; afterwards the switch counts. */
  selectFor({ identity }: Step): void {
    if (identity !== 'anybody') this.select(identity)
  }

  paste(pasted: string): void {
    this.#set({ pasted })
  }

  find(found: Partial<Found>): void {
    this.#set({ found: { ...this.#state.found, ...found } })
    saveFound(this.#state.found)
  }

  noteResult(operation: string, { data, errors }: ExecutionResult): void {
    const step = STEPS.find((each) => each.operation === operation)
    if (step?.find && data && !errors) this.find(step.find(data))
  }

  /** After a reset of the demo: what was found is gone. */
  restart(): void {
    forgetFound()
    this.#set({ found: loadFound() })
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #set(changes: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...changes }
    for (const listener of this.#listeners) listener()
  }
}

export function useSession(session: Session): SessionState {
  return useSyncExternalStore(session.subscribe, () => session.state)
}
