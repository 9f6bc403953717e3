import { defineModule } from '../define-module.js'
import { LegalNoteResolver } from './legal-note.resolver.js'

export const legalNotes = defineModule({ resolvers: [LegalNoteResolver] })
