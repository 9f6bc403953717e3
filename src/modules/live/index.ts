export { LiveUpdates } from './change-feed.js'
