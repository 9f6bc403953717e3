/** `problem`: the server does not start or misbehaves; `warning`: it works, but something is missing. */
export type FindingLevel = 'ok' | 'warning' | 'problem'

/** Result of a check and how to fix it, in one line. Never contains a secret. */
export interface Finding {
  level: FindingLevel
  check: string
  text: string
}

export function ok(check: string, text: string): Finding {
  return { level: 'ok', check, text }
}

export function warning(check: string, text: string): Finding {
  return { level: 'warning', check, text }
}

export function problem(check: string, text: string): Finding {
  return { level: 'problem', check, text }
}
