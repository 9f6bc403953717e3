/** Types for the used part of the S3 server, which has none. */
declare module '@20minutes/s3rver' {
  interface Options {
    directory: string
    port: number
    address: string
    silent: boolean
    configureBuckets: { name: string; configs: string[] }[]
  }
  export default class S3rver {
    constructor(options: Options)
    run(): Promise<import('node:net').AddressInfo>
    close(): Promise<void>
  }
}
