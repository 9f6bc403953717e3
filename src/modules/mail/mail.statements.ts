import { arrayOf, defineStatement, nullable, text, timestamp } from '../../platform/postgres/statement.js'

/** Orders of a user that have a mail, in an hour. Otherwise a program that places orders would delay the mails of everybody. */
const MAX_ORDER_MAILS = 10

/** Queues mails, except those whose cause has a mail already, and those about too many orders of one user. */
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
      WHERE new.kind <> 'ORDER_PLACED' OR ${MAX_ORDER_MAILS} > (
        SELECT count(*) FROM (
          SELECT FROM mails AS earlier
          WHERE earlier.user_id = new.user_id AND earlier.created_at > new.created_at - interval '1 hour' AND earlier.kind = 'ORDER_PLACED'
          LIMIT ${MAX_ORDER_MAILS}) AS counted)
      ORDER BY position
      ON CONFLICT (kind, cause) DO NOTHING RETURNING 1`,
  },
})
