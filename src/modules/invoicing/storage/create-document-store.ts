import type { Config } from '../../../config/config.js'
import { type DocumentStore, databaseStore } from './document-store.js'

/** Where the configuration puts documents. The AWS SDK is loaded only when it is used. */
export async function createDocumentStore({ invoices }: Config): Promise<DocumentStore> {
  if (!invoices.s3) return databaseStore
  const { s3Store } = await import('./s3-document-store.js')
  return s3Store(invoices.s3)
}
