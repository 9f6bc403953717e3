// Finds the dangerous parts of one statement.
import { addedColumn, addedConstraint, isNotNullCheck } from './migration-columns.mjs'

/** Statements that change the schema of existing tables or of types, and so hold locks. */
const DDL = new Set([
  'AlterTableStmt',
  'IndexStmt',
  'DropStmt',
  'RenameStmt',
  'CreateTrigStmt',
  'TruncateStmt',
  'LockStmt',
  'AlterTableMoveAllStmt',
])
const DATA_CHANGES = new Set(['UpdateStmt', 'DeleteStmt', 'MergeStmt'])
const RENAMED = new Set(['OBJECT_TABLE', 'OBJECT_COLUMN', 'OBJECT_VIEW', 'OBJECT_TYPE', 'OBJECT_FUNCTION', 'OBJECT_ATTRIBUTE'])

/** What the statements before have done: in this migration, and in earlier ones. */
export class MigrationState {
  /** Tables that this migration creates. Nobody uses them yet. */
  created = new Set()
  /** Constraints that this migration adds: `table.constraint`. */
  added = new Set()
  /** Whether the migration has a statement that locks an existing table. */
  hasDdl = false
  #notNullChecks
  #validated

  constructor({ notNullChecks = new Map(), validated = new Set() } = {}) {
    this.#notNullChecks = notNullChecks
    this.#validated = validated
  }

  /** Continues with the next migration. */
  next() {
    return new MigrationState({ notNullChecks: this.#notNullChecks, validated: this.#validated })
  }

  isNew(relation) {
    return this.created.has(relation?.relname)
  }

  addCheck(table, constraint) {
    const name = `${table}.${constraint.conname}`
    this.added.add(name)
    for (const column of isNotNullCheck(constraint)) this.#notNullChecks.set(`${table}.${column}`, name)
    if (!constraint.skip_validation) this.#validated.add(name)
  }

  validate(table, constraint) {
    this.#validated.add(`${table}.${constraint}`)
  }

  hasValidCheck(table, column) {
    return this.#validated.has(this.#notNullChecks.get(`${table}.${column}`))
  }

  /** Takes note of a statement after it was checked. */
  record({ type, node }) {
    if (type === 'CreateStmt') this.created.add(node.relation.relname)
    if (type === 'CreateTableAsStmt') this.created.add(node.into.rel.relname)
    if (isDdl({ type, node }, this)) this.hasDdl = true
  }
}

function isDdl({ type, node }, state) {
  return DDL.has(type) && !state.isNew(node.relation)
}

/** @returns the names of the rules that a statement violates */
export function violations(statement, state, { isTransactional, migrationHasDdl }) {
  const { type, node } = statement
  const found = type === 'AlterTableStmt' ? alterTable(node, state) : plainStatement(type, node, state)
  if (DATA_CHANGES.has(type) && migrationHasDdl && !state.isNew(node.relation)) found.push('data-change-with-ddl')
  if (isTransactional && isConcurrent(type, node)) found.push('concurrently-in-transaction')
  return found
}

function plainStatement(type, node, state) {
  if (type === 'IndexStmt') return node.concurrent || state.isNew(node.relation) ? [] : ['index-without-concurrently']
  if (type === 'DropStmt') return node.removeType === 'OBJECT_TABLE' ? ['drop-table'] : []
  if (type === 'RenameStmt') return RENAMED.has(node.renameType) && !state.isNew(node.relation) ? ['rename'] : []
  if (type === 'TruncateStmt') return ['truncate']
  if (type === 'LockStmt') return ['lock-table']
  if (type === 'TransactionStmt') return ['transaction-statement']
  return type === 'DoStmt' ? ['unchecked-block'] : []
}

function alterTable({ relation, cmds = [] }, state) {
  const found = cmds.flatMap(({ AlterTableCmd: action }) => alterAction(relation.relname, action, state))
  return state.isNew(relation) ? [] : found
}

function alterAction(table, { subtype, name, def }, state) {
  switch (subtype) {
    case 'AT_AddColumn':
      return addedColumn(def.ColumnDef)
    case 'AT_AddConstraint': {
      state.addCheck(table, def.Constraint)
      return addedConstraint(def.Constraint)
    }
    case 'AT_ValidateConstraint': {
      state.validate(table, name)
      return state.added.has(`${table}.${name}`) ? ['validation-in-same-transaction'] : []
    }
    case 'AT_SetNotNull':
      return state.hasValidCheck(table, name) ? [] : ['set-not-null']
    case 'AT_AlterColumnType':
      return ['column-type-change']
    case 'AT_DropColumn':
      return ['drop-column']
    default:
      return []
  }
}

function isConcurrent(type, node) {
  if (type === 'IndexStmt' || type === 'DropStmt') return node.concurrent === true
  if (type === 'ReindexStmt') return (node.params ?? []).some(({ DefElem }) => DefElem.defname === 'concurrently')
  return type === 'VacuumStmt' && node.is_vacuumcmd === true
}

/** Whether a statement can be repeated after an interruption. */
export function isRepeatable({ type, node }) {
  if (type === 'IndexStmt') return node.concurrent === true && node.if_not_exists === true && Boolean(node.idxname)
  if (type === 'DropStmt') return node.concurrent === true && node.missing_ok === true
  return type === 'AlterTableStmt' && node.cmds.every(({ AlterTableCmd: { subtype } }) => subtype === 'AT_ValidateConstraint')
}
