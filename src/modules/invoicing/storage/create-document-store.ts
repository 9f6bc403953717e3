import type { Config } from '../../../config/config.js'
import { type DocumentStore, databaseStore } from './document-store.js'

/** Creates the configured document store. The AWS SDK is loaded only if it is used. */
export async function createDocumentStore({ invoices }: Config): Promise<DocumentStore> {
  if (!invoices.s3) return databaseStore
  const { createS3DocumentStore } = await import('./s3-document-store.js')
  return createS3DocumentStore(invoices.s3)
}
