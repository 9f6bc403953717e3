import 'reflect-metadata'

export { countRejectedRows, type ImportRow, KINDS, type RejectedRow, type RowKind } from './import-row.js'
export { readImportFile } from './read-file.js'
export { validateRows } from './validate-rows.js'
export { PRESETS, type Preset, type ValidatedRows } from './validated-rows.js'
export { writeRows } from './write-rows.js'
