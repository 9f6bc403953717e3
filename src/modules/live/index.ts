export { DatabaseChangeFeed } from './change-feed.js'
