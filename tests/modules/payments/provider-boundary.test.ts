import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const SOURCE = 'src'
const LEMON_SQUEEZY = 'src/modules/payments/lemon-squeezy/'
const GENERATED = 'src/platform/postgres/generated/'
/** The sandbox stores and sends records in the format of Lemon Squeezy. */
const SANDBOX = 'src/modules/payments/sandbox/'
/** Escluse signs its events with the same header, in both directions. */
const ESCLUSE = ['src/modules/payments/escluse/', 'src/modules/webhooks/']

/** Parts of Lemon Squeezy's API, with the folders that may contain them besides its own. */
const PARTS: [part: RegExp, also: string[]][] = [
  [/x-signature/i, ESCLUSE],
  [/vnd\.api\+json|JSON:API/i, []],
  [/event_name|custom_data|test_mode/, [SANDBOX]],
  [/subscription-invoices|variant_id|billing_reason|refunded_amount/, [SANDBOX]],
  [/order_refunded|subscription_payment_/, [SANDBOX]],
]

async function sourceFiles(): Promise<string[]> {
  const entries = await readdir(SOURCE, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return files.filter((file) => !file.startsWith(GENERATED) && !file.startsWith(LEMON_SQUEEZY))
}

test.each(PARTS)('only the folder of the provider contains %s', async (part, also) => {
  const files = (await sourceFiles()).filter((file) => !also.some((folder) => file.startsWith(folder)))
  expect(files.length).toBeGreaterThan(200)
  const found: string[] = []
  for (const file of files) if (part.test(await readFile(file, 'utf8'))) found.push(file)
  expect(found).toEqual([])
})
