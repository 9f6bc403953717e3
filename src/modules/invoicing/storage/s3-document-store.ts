import { createHash } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Config } from '../../../config/config.js'
import { busyError } from '../../../core/errors.js'
import { type DocumentKey, type DocumentStore, databaseStore } from './document-store.js'

type S3Options = NonNullable<Config['invoices']['s3']>

const TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 10_000 }

/** In a bucket, under the number and digest of the document. Credentials and region are those that the AWS SDK finds by itself. */
export function s3Store({ bucket, endpoint }: S3Options): DocumentStore {
  const client = new S3Client({ ...(endpoint && { endpoint, forcePathStyle: true }), requestHandler: TIMEOUTS })
  return {
    async put(key, bytes) {
      const object = { Bucket: bucket, Key: objectKey(key), Body: bytes, ContentType: 'application/pdf', ContentLength: bytes.length }
      await client.send(new PutObjectCommand(object)).catch(storageUnavailableError)
      return null
    },
    async get(key, inRow) {
      if (inRow) return databaseStore.get(key, inRow)
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey(key) })).catch(storageUnavailableError)
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
      if (!createHash('sha256').update(bytes).digest().equals(key.sha256))
        throw new Error(`the stored document of ${key.number} was changed`)
      return bytes
    },
  }
}

/** Also where it is there, but in trouble. What it has refused or does not have is another matter. */
function storageUnavailableError(error: { $metadata?: { httpStatusCode?: number } }): never {
  const status = error.$metadata?.httpStatusCode
  if (status !== undefined && status < 500) throw error
  throw busyError('The store of documents cannot be reached; try again in a moment', error)
}

function objectKey({ number, sha256 }: DocumentKey): string {
  return `invoices/${number}-${sha256.toString('hex')}.pdf`
}
