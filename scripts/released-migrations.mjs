/** Migrations up to this one were released: their text is part of the checksum that installations store. */
const LAST_RELEASED_MIGRATION = '20261125210000'

/** @param name  of the folder, such as 20261121000000_domain */
export function isReleasedMigration(name) {
  const [time] = /^\d+/.exec(name) ?? []
  return time !== undefined && time <= LAST_RELEASED_MIGRATION
}
