import { printSchemaWithDirectives } from '@graphql-tools/utils'
import { type GraphQLSchema, lexicographicSortSchema } from 'graphql'

/** Prints a schema in alphabetical order, with the directives of its fields, which graphql-js omits. */
export function printSchemaFile(schema: GraphQLSchema): string {
  return `${separateDescriptions(printSchemaWithDirectives(lexicographicSortSchema(schema)))}\n`
}

/** Adds the blank lines before descriptions that `printSchema` of graphql-js writes. */
function separateDescriptions(text: string): string {
  let isInside = false
  let previous = '{'
  const lines = text.split('\n').flatMap((line) => {
    const marks = line.split('"""').length - 1
    const isFirst = /[{(]$/.test(previous) || previous === ''
    const separated = marks > 0 && !isInside && !isFirst ? ['', line] : [line]
    if (marks === 1) isInside = !isInside
    previous = line
    return separated
  })
  return lines.join('\n')
}
