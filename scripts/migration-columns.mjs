/** Functions that return the same value for every row of a statement, so a column with such a default needs no rewrite. */
const STABLE_FUNCTIONS = new Set([
  'now',
  'transaction_timestamp',
  'statement_timestamp',
  'current_setting',
  'to_jsonb',
  'jsonb_build_object',
])
const SERIAL = /^(small|big)?serial\d?$/

/** @returns the rules that ADD COLUMN of an existing table violates */
export function addedColumn({ typeName, constraints = [] }) {
  const all = constraints.map(({ Constraint }) => Constraint)
  const has = (type) => all.some(({ contype }) => contype === type)
  const value = all.find(({ contype }) => contype === 'CONSTR_DEFAULT')
  const isFilled = has('CONSTR_GENERATED') || has('CONSTR_IDENTITY') || SERIAL.test(typeName.names.at(-1).String.sval)
  const found = isFilled || (value && callsVolatileFunction(value.raw_expr)) ? ['column-rewrites-table'] : []
  if (has('CONSTR_NOTNULL') && !value && !isFilled) found.push('not-null-column-without-default')
  return [...found, ...all.flatMap(addedConstraint)]
}

/** @returns the rules that a new constraint of an existing table violates */
export function addedConstraint({ contype, skip_validation: isNotValid, indexname }) {
  if (contype === 'CONSTR_FOREIGN' || contype === 'CONSTR_CHECK') return isNotValid ? [] : ['constraint-without-not-valid']
  const buildsIndex = ['CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_EXCLUSION'].includes(contype) && !indexname
  return buildsIndex ? ['constraint-builds-index'] : []
}

/** Searches the syntax tree of a default for a function that may return another value for each row. */
function callsVolatileFunction(tree) {
  if (tree === null || typeof tree !== 'object') return false
  if (tree.FuncCall && !STABLE_FUNCTIONS.has(tree.FuncCall.funcname.at(-1).String.sval)) return true
  return Object.values(tree).some(callsVolatileFunction)
}

/** @returns the columns that a CHECK requires to be NOT NULL, alone or joined with AND */
export function isNotNullCheck({ contype, raw_expr: expression }) {
  return contype === 'CONSTR_CHECK' ? notNullColumns(expression) : []
}

function notNullColumns({ NullTest, BoolExpr }) {
  if (BoolExpr?.boolop === 'AND_EXPR') return BoolExpr.args.flatMap(notNullColumns)
  const column = NullTest?.nulltesttype === 'IS_NOT_NULL' ? NullTest.arg.ColumnRef?.fields.at(-1).String?.sval : undefined
  return column ? [column] : []
}
