// Receives events as the panel does.
import { startReceiver } from '../chaos/receiver.mjs'

const { url } = await startReceiver()
console.log(`listening on ${url}`)
process.on('SIGTERM', () => process.exit(0))
