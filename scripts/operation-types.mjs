// The TypeScript types of the results and variables of GraphQL operations. The newest command line of GraphQL Code
// Generator requires Node 22, so it is not used.
import { codegen } from '@graphql-codegen/core'
import * as typescriptOperations from '@graphql-codegen/typescript-operations'
import { parse } from 'graphql'

export const SCALARS = {
  CountryCode: 'string',
  CurrencyCode: 'string',
  Date: 'string',
  DateTime: 'string',
  Decimal: 'string',
  JSONObject: 'Record<string, unknown>',
  MinorUnits: 'number',
  URL: 'string',
}

/** @param operations  a document with operations and fragments */
export function operationTypes({ schemaText, location, operations }) {
  return codegen({
    filename: 'operations.ts',
    schema: parse(schemaText),
    documents: [{ location, document: operations }],
    config: {
      enumType: 'string-literal',
      useTypeImports: true,
      strictScalars: true,
      scalars: SCALARS,
      skipTypename: true,
      inlineFragmentTypes: 'combine',
      immutableTypes: false,
    },
    plugins: [{ operations: {} }],
    pluginMap: { operations: typescriptOperations },
  })
}
