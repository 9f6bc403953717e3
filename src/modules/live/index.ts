import 'reflect-metadata'

export { DatabaseChangeFeed } from './change-feed.js'
