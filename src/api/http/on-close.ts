import type { ServerResponse } from 'node:http'

/** Calls the listener when the connection of the response closes or the response ends, at once if that has happened. */
export function onClose(response: ServerResponse, listener: () => void): void {
  if (response.destroyed) listener()
  else response.once('close', listener)
}
