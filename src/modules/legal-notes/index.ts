import 'reflect-metadata'

export { bindDocumentNotes, toDocumentNotes } from './legal-note.queries.js'
export { legalNotes } from './legal-notes.module.js'
