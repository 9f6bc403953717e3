import type { DocumentSnapshot } from './invoice.rules.js' with { 'resolution-mode': 'import' }

// piscina loads a worker by require. Node requires ECMAScript modules too, but stops the whole process when a thread is
// ended meanwhile; an import it gives up like any other.
const worker = import('./render.js')

/** Draws a document in a thread of its own. */
async function render(document: DocumentSnapshot) {
  const { default: draw } = await worker
  return draw(document)
}

export = render
