import 'reflect-metadata'

export { type ImportRow, KINDS, type RowKind, readImportFile } from './read-file.js'
export { type RejectedRow, type ValidatedRows, validateRows } from './validate-rows.js'
export { writeRows } from './write-rows.js'
