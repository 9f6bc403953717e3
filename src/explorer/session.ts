import type { ExecutionResult } from 'graphql'
import { useSyncExternalStore } from 'react'
import { STEPS, type Step } from './steps'
import { type Identity, NO_TOKENS, type Tokens } from './tokens'
import { clearResults, loadResults, saveResults, type TourResults } from './tour-results'

export interface SessionState {
  /** NO_TOKENS outside a demo, where the user pastes a token. */
  tokens: Tokens
  identity: Identity
  pasted: string
  results: TourResults
}

/** State that GraphiQL does not have: the identity that sends requests, and the results of the tour. */
export class Session {
  readonly #listeners = new Set<() => void>()
  #state: SessionState

  constructor({ tokens, pasted }: { tokens: Tokens; pasted: string }) {
    this.#state = { tokens, pasted, identity: 'customer', results: loadResults() }
  }

  get state(): SessionState {
    return this.#state
  }

  /** Whether this is a demo, in which the tokens of both identities are available. */
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

  /** Selects the identity of a step when it is opened. The user can still switch. */
  selectFor({ identity }: Step): void {
    if (identity !== 'anonymous') this.select(identity)
  }

  paste(pasted: string): void {
    this.#set({ pasted })
  }

  addResults(results: Partial<TourResults>): void {
    this.#set({ results: { ...this.#state.results, ...results } })
    saveResults(this.#state.results)
  }

  recordResponse(operation: string, { data, errors }: ExecutionResult): void {
    const step = STEPS.find((candidate) => candidate.operation === operation)
    if (step?.readResults && data && !errors) this.addResults(step.readResults(data))
  }

  /** Clears the results after a reset of the demo. */
  restart(): void {
    clearResults()
    this.#set({ results: loadResults() })
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
