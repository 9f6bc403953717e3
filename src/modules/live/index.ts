import 'reflect-metadata'

export { DatabaseChangeFeed } from './change-feed.js'
export { live } from './live.module.js'
