// Only for schema.graphql: what a schema should be to those who read it. TypeScript is Biome's.
import graphql from '@graphql-eslint/eslint-plugin'

const { 'flat/schema-recommended': recommended, 'flat/schema-relay': relay } = graphql.configs

const VALUES = [
  // Named by its currency, within its customer.
  'BillingDetails',
  'Buyer',
  'CurrentPlan',
  'Entitlement',
  // Named by its day and currency.
  'ExchangeRate',
  'HowToPay',
  'InvoiceLine',
  'InvoiceTax',
  'LegalNote',
  'Limits',
  // Named by its slug.
  'ManualPaymentMethod',
  'Money',
  'OrderItem',
  'OrganisationMembership',
  'PageInfo',
  'PurchasedPlan',
  'RefundEligibility',
  'ResourceUsage',
  // Named by their currency, and by their age.
  'Receivables',
  'ReceivablesAge',
  'RevenueMonth',
  'ServerClaim',
  // There is one.
  'Seller',
  // Named by its country.
  'StandardTaxRate',
  'TaxRate',
  // Named by its customer.
  'VatIdCheck',
  // Named by its order, or by its customer.
  'WaitingInvoice',
  'WebhookEvent',
  'Balance',
]

export default [
  {
    files: ['schema.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...recommended.rules,
      ...relay.rules,
      // Types that are only a part of another one, or a payload, have no id.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            suffixes: ['Payload', 'Connection', 'Edge', 'Preview'],
            types: VALUES,
          },
        },
      ],
      // Ids are numbers of the panel, and a user and a plan can have the same one: no id finds a node of any type.
      // Short lists are returned without pages, and connections return their nodes next to their edges.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // One way is enough where a list is walked from its beginning.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          DirectiveDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          rootField: true,
        },
      ],
    },
  },
]
