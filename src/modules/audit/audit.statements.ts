import { arrayOf, defineStatement, text, timestamp } from '../../platform/postgres/statement.js'

export const INSERT_AUDIT_ENTRIES = defineStatement({
  parameters: {
    entryTimes: arrayOf(timestamp),
    entryActors: arrayOf(text),
    entryActions: arrayOf(text),
    entrySubjects: arrayOf(text),
    entryDetails: arrayOf(text),
  },
  with: {
    audit_entry: `
      INSERT INTO audit_entries (at, actor, action, subject, details)
      SELECT at, actor, action, subject, details::jsonb
      FROM unnest($entryTimes, $entryActors, $entryActions, $entrySubjects, $entryDetails) WITH ORDINALITY
        AS new (at, actor, action, subject, details, position) ORDER BY position`,
  },
})
