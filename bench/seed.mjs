// npm run bench:seed: creates a database with a million orders of a hundred thousand users, for manual tests.
import { rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '../dist/platform/postgres/embedded/server.js'
import { migrate } from '../dist/platform/postgres/migrations.js'
import { seedOrders } from './seed-orders.mjs'

const { values } = parseArgs({ options: { orders: { type: 'string', default: '1000000' }, to: { type: 'string', default: 'bench/data' } } })
const orders = Number(values.orders)
if (!Number.isInteger(orders) || orders < 1) throw new TypeError('--orders: must be a positive whole number, for example 1000000')

const started = Date.now()
await rm(values.to, { recursive: true, force: true })
const postgres = await startEmbeddedPostgres({ dataDir: values.to })
await migrate(postgres.connection)
await seedOrders(postgres.connection, orders)
await postgres.stop()
console.log(
  `${orders.toLocaleString('en')} orders in ${Math.round((Date.now() - started) / 1000)} s. To use them: DATA_DIR=${values.to} DEMO_DATA=false npm start`,
)
