import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from '@20minutes/s3rver'

const BUCKET = 'invoices'

/** The default sources of the AWS SDK. */
export const S3_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_REGION: 'eu-central-1' }

/** A server with the API of S3, and a bucket. */
export interface S3Server {
  bucket: string
  endpoint: string
  /** The names of the objects, with the number of each document. */
  objects(): Promise<string[]>
  /** The file that contains the object of a document. */
  pathOf(number: string): Promise<string>
  close(): Promise<void>
}

export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 's3-'))
  const s3 = new S3rver({ directory, port: 0, address: '127.0.0.1', silent: true, configureBuckets: [{ name: BUCKET, configs: [] }] })
  const { port } = (await s3.run()) as AddressInfo
  // It stores each object as a file.
  const folder = join(directory, BUCKET, 'invoices')
  const files = async () => (await readdir(folder)).filter((name) => name.endsWith('._S3rver_object'))
  return {
    bucket: BUCKET,
    endpoint: `http://127.0.0.1:${port}`,
    objects: async () => (await files()).map((name) => name.replace('._S3rver_object', '')),
    pathOf: async (number) => join(folder, (await files()).find((name) => name.startsWith(number)) ?? `${number} is not stored`),
    async close() {
      await s3.close()
      await rm(directory, { recursive: true })
    },
  }
}
