import 'reflect-metadata'

export { listDocumentNotes } from './legal-note.queries.js'
export { legalNotes } from './legal-notes.module.js'
