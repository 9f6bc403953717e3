// Reads the compiled dist/, whose imports are those of src/ without the types: it cannot read TypeScript 7 by itself.
// core <- database, pdf <- domains <- graphql, http, jobs <- app <- main: imports run one way, without a circle.
const DOMAINS =
  'identity|plans|orders|subscriptions|entitlements|taxes|providers|invoices|refunds|payments|events|settings|panel|live|import|budgets|telemetry'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'core-knows-no-domain', severity: 'error', from: { path: '^dist/core/' }, to: { path: '^dist/', pathNot: '^dist/core/' } },
    {
      name: 'database-knows-no-domain',
      severity: 'error',
      from: { path: '^dist/database/' },
      to: { path: '^dist/', pathNot: '^dist/(core|database)/|^dist/config' },
    },
    { name: 'pdf-knows-only-core', severity: 'error', from: { path: '^dist/pdf/' }, to: { path: '^dist/', pathNot: '^dist/(core|pdf)/' } },
    {
      name: 'domains-know-no-edge',
      severity: 'error',
      from: { path: `^dist/(${DOMAINS})/` },
      to: { path: '^dist/(graphql|http|jobs|demo|cli|explorer)/|^dist/(app|serve|main)' },
    },
    {
      name: 'orders-know-no-invoices',
      severity: 'error',
      from: { path: '^dist/(plans|orders)/' },
      to: { path: '^dist/(invoices|subscriptions|refunds|payments)/' },
    },
    {
      name: 'types-touch-types',
      severity: 'error',
      from: { path: '\\.type\\.js$' },
      to: { path: '^dist/', pathNot: '\\.type\\.js$|^dist/core/|\\.enums\\.js$|^dist/database/generated/' },
    },
    {
      name: 'rules-are-pure',
      severity: 'error',
      from: { path: '\\.rules\\.js$' },
      to: { path: '^(dist|node_modules)/', pathNot: '^dist/core/|\\.rules\\.js$' },
    },
    {
      name: 'edges-know-no-app',
      severity: 'error',
      from: { path: '^dist/(graphql|http|jobs)/' },
      to: { path: '^dist/(cli|demo)/|^dist/(app|serve|main)' },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/(bundle|chaos|explorer|production|\\.stamps)' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
