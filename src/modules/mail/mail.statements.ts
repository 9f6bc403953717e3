import { arrayOf, defineStatement, nullable, text, timestamp } from '../../platform/postgres/statement.js'

/** Queues mails, except those whose cause has a mail already. */
export const QUEUE_MAILS = defineStatement({
  parameters: {
    mailKeys: arrayOf(text),
    mailKinds: arrayOf(text),
    mailCauses: arrayOf(text),
    mailUsers: arrayOf(nullable(text)),
    mailOrganisations: arrayOf(nullable(text)),
    mailSubjects: arrayOf(text),
    mailTimes: arrayOf(timestamp),
  },
  with: {
    queued_mail: `
      INSERT INTO mails (key, kind, cause, user_id, organisation_id, about, created_at, next_attempt_at)
      SELECT key::uuid, kind, cause, user_id, organisation_id, about::jsonb, created_at, created_at
      FROM unnest($mailKeys, $mailKinds, $mailCauses, $mailUsers, $mailOrganisations, $mailSubjects, $mailTimes) WITH ORDINALITY
        AS new (key, kind, cause, user_id, organisation_id, about, created_at, position)
      ORDER BY position
      ON CONFLICT (kind, cause) DO NOTHING RETURNING 1`,
  },
})
