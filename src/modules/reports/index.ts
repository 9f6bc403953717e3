export { recordMrr } from './record-mrr.js'
