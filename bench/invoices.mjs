// Downloading a stored invoice by its link, compared with node:http sending the same bytes from memory.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { raceHttp } from './http.mjs'
import { sendOperation } from './plans.mjs'
import { startPeer } from './programs.mjs'

const UPSERT = 'mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { invoice { pdfUrl } } } }'

/** @param quittance  a running server with plans */
export async function benchInvoices(quittance) {
  const { data } = await sendOperation(quittance.url, { query: '{ plans { id } }' }, quittance.administrator)
  const users = [{ id: '77', email: 'ada@example.com', name: 'Ada Lovelace' }]
  await sendOperation(quittance.url, { query: UPSERT, variables: { users } }, quittance.administrator)
  const applied = await sendOperation(
    quittance.url,
    { query: APPLY, variables: { input: { userId: '77', planId: data.plans[0].id } } },
    quittance.administrator,
  )
  const { pdfUrl } = applied.data.applyPlan.order.invoice
  const bytes = Buffer.from(await (await fetch(pdfUrl)).arrayBuffer())
  const folder = await mkdtemp(join(tmpdir(), 'quittance-bench-'))
  await writeFile(join(folder, 'invoice.pdf'), bytes)
  const peer = await startPeer('bare-file', { FILE: join(folder, 'invoice.pdf') })
  const results = await raceHttp('stored invoice', { ours: { url: pdfUrl, expect: '%PDF' }, peer: { url: peer.url, expect: '%PDF' } })
  await peer.stop()
  await rm(folder, { recursive: true })
  return { bytes: bytes.length, ...results }
}
