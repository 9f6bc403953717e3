export { KINDS, type Kind, type Row, readImportFile } from './read-file.js'
export { type Checked, checkRows, type Rejected } from './validate-rows.js'
export { writeRows } from './write-rows.js'
