import pg from 'pg'
import type { Prisma } from './generated/client.js'
import type { Executor } from './run-statement.js'

/**
 * Runs a statement written with `Prisma.sql` directly on the pool. Without Prisma,
 * long pages take half the time.
 */
export type RawQuery = <R extends object>(statement: Prisma.Sql) => Promise<R[]>

const BIGINT_TYPE_ID = pg.types.builtins.INT8

/** Parses values as Prisma does: `bigint` columns become BigInt. */
export const TYPE_PARSERS: pg.CustomTypesConfig = {
  getTypeParser: (type: number, format?: 'text' | 'binary') => (type === BIGINT_TYPE_ID ? BigInt : pg.types.getTypeParser(type, format)),
}

export function createRawQuery(pool: pg.Pool): RawQuery {
  return async <R extends object>({ text, values }: Prisma.Sql) => {
    const { rows } = await pool.query<R>({ text, values: values as unknown[], types: TYPE_PARSERS })
    return rows
  }
}

/** Runs statements that are written by hand, each for itself. */
export function poolExecutor(pool: pg.Pool): Executor {
  return {
    async query({ text }, values) {
      const { rows } = await pool.query({ text, values: values as unknown[], types: TYPE_PARSERS })
      return rows
    },
  }
}
