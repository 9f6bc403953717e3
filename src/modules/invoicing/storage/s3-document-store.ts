import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import type { Config } from '../../../config/config.js'
import { busyError } from '../../../core/errors.js'
import type { DocumentKey, DocumentStore } from './document-store.js'

type S3Options = NonNullable<Config['invoices']['s3']>

/** The second one is the time without a byte, of a response as well as of its body. */
const TIMEOUTS = { connectionTimeout: 3000, socketTimeout: 10_000 }
const MAX_CONNECTIONS = 50

/**
 * Stores documents in a bucket. Credentials and region come from the default sources of the AWS SDK.
 * @param timeouts  in milliseconds; tests shorten them
 */
export function createS3DocumentStore({ bucket, endpoint }: S3Options, timeouts = TIMEOUTS): DocumentStore {
  const agent = { maxSockets: MAX_CONNECTIONS }
  const requestHandler = { ...timeouts, httpAgent: agent, httpsAgent: agent }
  const client = new S3Client({ ...(endpoint && { endpoint, forcePathStyle: true }), requestHandler })
  // In the queue of the SDK, the wait for a connection would count towards the timeout of connecting.
  const limit = pLimit(MAX_CONNECTIONS)
  return {
    async put(key, bytes) {
      const object = { Bucket: bucket, Key: objectKey(key), Body: bytes, ContentType: 'application/pdf', ContentLength: bytes.length }
      await limit(() => client.send(new PutObjectCommand(object))).catch(throwStorageError)
      return null
    },
    async read(key, { start, end }, signal) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: objectKey(key), Range: `bytes=${start}-${end - 1}` })
      try {
        const bytes = await limit(async () => {
          const { Body } = await client.send(command, signal && { abortSignal: signal })
          return (await Body?.transformToByteArray()) ?? new Uint8Array()
        })
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      } catch (error) {
        signal?.throwIfAborted()
        return throwStorageError(error as Error)
      }
    },
  }
}

/** Treats network errors and 5xx as unavailable, which can be retried. Rethrows 4xx. */
function throwStorageError(error: Error & { $metadata?: { httpStatusCode?: number } }): never {
  const status = error.$metadata?.httpStatusCode
  if (status !== undefined && status < 500) throw error
  throw busyError('The document store is unavailable; try again in a moment', error)
}

function objectKey({ number, sha256 }: DocumentKey): string {
  return `invoices/${number}-${sha256.toString('hex')}.pdf`
}
