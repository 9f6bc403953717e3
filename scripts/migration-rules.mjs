/** The dangerous statements of migrations: why each is dangerous, and what to write instead. */
export const RULES = {
  'index-without-concurrently': {
    danger: 'blocks every write to the table until the index is built',
    instead: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS in a migration of its own, which starts with "-- quittance: no transaction"',
  },
  'constraint-without-not-valid': {
    danger: 'blocks every write to the table while all its rows are checked',
    instead: 'ADD CONSTRAINT … NOT VALID here, and ALTER TABLE … VALIDATE CONSTRAINT in the next migration',
  },
  'constraint-builds-index': {
    danger: 'blocks every read and write of the table until its index is built',
    instead: 'CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, and ADD CONSTRAINT … USING INDEX in the next one',
  },
  'validation-in-same-transaction': {
    danger: 'checks all rows while the lock of ADD CONSTRAINT blocks the table',
    instead: 'VALIDATE CONSTRAINT in the next migration',
  },
  'set-not-null': {
    danger: 'blocks every read and write of the table while all its rows are checked',
    instead:
      'ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID in one migration, then VALIDATE CONSTRAINT and SET NOT NULL in a later one',
  },
  'column-type-change': {
    danger: 'rewrites the table while it is blocked, and breaks the prepared statements of running servers',
    instead: 'add a column with the new type, fill it, use it in the code, and drop the previous one after a release',
  },
  'column-rewrites-table': {
    danger: 'a default that differs per row, or a generated column, rewrites the table while it is blocked',
    instead: 'ADD COLUMN without a default, then ALTER COLUMN … SET DEFAULT, and fill existing rows in batches',
  },
  'not-null-column-without-default': {
    danger: 'fails if the table has rows, and the previous version inserts rows without the column',
    instead: 'a DEFAULT, or a column that accepts NULL',
  },
  'drop-column': {
    danger: 'the previous version, which runs during an upgrade, still uses the column',
    instead: 'stop using it in one release, and drop it in a later one with the exception that says so',
  },
  'drop-table': {
    danger: 'the previous version, which runs during an upgrade, still uses the table',
    instead: 'stop using it in one release, and drop it in a later one with the exception that says so',
  },
  rename: {
    danger: 'the previous version, which runs during an upgrade, uses the previous name',
    instead: 'a new name in schema.prisma with @map or @@map to the stored one, or a new column that replaces it over two releases',
  },
  'data-change-with-ddl': {
    danger: 'rewrites rows while the locks of the other statements block their tables',
    instead: 'the UPDATE or DELETE in a migration of its own, in batches if the table is large',
  },
  truncate: { danger: 'removes all rows and blocks the table', instead: 'DELETE of the rows that must go' },
  'lock-table': { danger: 'blocks the table until the whole migration is committed', instead: 'statements that need no explicit lock' },
  'concurrently-in-transaction': {
    danger: 'PostgreSQL refuses it in a transaction, in which migrations run',
    instead: 'a migration of its own, which starts with "-- quittance: no transaction"',
  },
  'transaction-statement': {
    danger: 'separates the migration from its history row, so that kill -9 leaves a part of it',
    instead: 'two migrations',
  },
  'unchecked-block': {
    danger: 'this check cannot see the statements in a DO block',
    instead: 'the statements themselves, or an exception that says what the block locks',
  },
  'no-transaction': {
    danger: 'a migration outside a transaction is repeated after kill -9',
    instead:
      'exactly one of CREATE INDEX CONCURRENTLY IF NOT EXISTS "name", DROP INDEX CONCURRENTLY IF EXISTS and ALTER TABLE … VALIDATE CONSTRAINT',
  },
}
