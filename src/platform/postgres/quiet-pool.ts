import pg from 'pg'

/** Creates a pool that ignores lost connections: the next statement reports them. */
export function createQuietPool(options: pg.PoolConfig): pg.Pool {
  const ignore = () => undefined
  const pool = new pg.Pool(options)
  pool.on('error', ignore).on('connect', (client) => client.on('error', ignore))
  return pool
}
