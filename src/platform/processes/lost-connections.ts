import type { Worker } from 'node:cluster'

interface Handle {
  close(): void
}

/**
 * Closes the connection that a worker process has not confirmed when it is killed. Node's cluster passes one connection
 * at a time to a process, waits for its confirmation and then closes its own copy. Without a confirmation it never would,
 * and the client would wait forever.
 */
export function closeLostConnection({ process: child }: Worker): void {
  let last: Handle | undefined
  const send = child.send.bind(child) as (...parameters: unknown[]) => boolean
  child.send = (...parameters: unknown[]) => {
    // A message without a connection has a callback or nothing in its place.
    if (isHandle(parameters[1])) last = parameters[1]
    return send(...parameters)
  }
  child.once('exit', (code) => {
    // One that ends normally has confirmed all of them. A connection that is already closed can be closed again.
    if (code !== 0) last?.close()
  })
}

function isHandle(parameter: unknown): parameter is Handle {
  return typeof parameter === 'object' && parameter !== null && 'close' in parameter
}
