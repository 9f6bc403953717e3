import type { Demo, DemoServices } from '../modules/services.js'
import { loadDemoData } from './demo-data.js'

/** Demo data that an administrator can reset. */
export class ReplaceableDemo implements Demo {
  readonly #listeners = new Set<() => void>()
  #replacing: Promise<void> | undefined

  load(services: DemoServices): Promise<void> {
    return loadDemoData(services)
  }

  replace(work: () => Promise<void>): Promise<void> {
    this.#replacing ??= work().finally(() => {
      this.#replacing = undefined
    })
    return this.#replacing
  }

  onReplaced(listener: () => void): void {
    this.#listeners.add(listener)
  }

  replaced(): void {
    for (const listener of this.#listeners) listener()
  }
}
