import { createHash } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Config } from '../../../config/config.js'
import { busyError } from '../../../core/errors.js'
import { type DocumentKey, type DocumentStore, databaseStore } from './document-store.js'

type S3Options = NonNullable<Config['invoices']['s3']>

/** The second one is the time without a byte, of a response as well as of its body. */
const TIMEOUTS = { connectionTimeout: 3000, socketTimeout: 10_000 }

/** Stores documents in a bucket. Credentials and region come from the default sources of the AWS SDK. */
export function createS3DocumentStore({ bucket, endpoint }: S3Options): DocumentStore {
  const client = new S3Client({ ...(endpoint && { endpoint, forcePathStyle: true }), requestHandler: TIMEOUTS })
  return {
    async put(key, bytes) {
      const object = { Bucket: bucket, Key: objectKey(key), Body: bytes, ContentType: 'application/pdf', ContentLength: bytes.length }
      await client.send(new PutObjectCommand(object)).catch(throwStorageError)
      return null
    },
    async get(key, bytesInRow) {
      if (bytesInRow) return databaseStore.get(key, bytesInRow)
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey(key) })).catch(throwStorageError)
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
      if (!createHash('sha256').update(bytes).digest().equals(key.sha256))
        throw new Error(`the stored document of ${key.number} does not match its digest`)
      return bytes
    },
  }
}

/** Treats network errors and 5xx as unavailable, which can be retried. Rethrows 4xx. */
function throwStorageError(error: { $metadata?: { httpStatusCode?: number } }): never {
  const status = error.$metadata?.httpStatusCode
  if (status !== undefined && status < 500) throw error
  throw busyError('The document store is unavailable; try again in a moment', error)
}

function objectKey({ number, sha256 }: DocumentKey): string {
  return `invoices/${number}-${sha256.toString('hex')}.pdf`
}
