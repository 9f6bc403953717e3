// Reads the compiled dist/, because dependency-cruiser cannot read TypeScript 7. Its imports are those of src/ without the types.
// core <- config <- platform <- modules <- api <- composition: imports run in one direction, without cycles.
const LAYERS = ['core', 'config', 'platform', 'modules', 'api']

const higherLayers = LAYERS.map((layer, index) => ({
  name: `${layer}-imports-no-higher-layer`,
  severity: 'error',
  from: { path: `^dist/${layer}/` },
  to: { path: '^dist/', pathNot: `^dist/(${LAYERS.slice(0, index + 1).join('|')})/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    ...higherLayers,
    {
      name: 'a-module-is-entered-by-its-index',
      severity: 'error',
      from: { path: '^dist/modules/([^/]+)/' },
      to: { path: '^dist/modules/[^/]+/', pathNot: '^dist/modules/($1/|[^/]+/index\\.js$)' },
    },
    {
      name: 'other-layers-enter-modules-by-their-index',
      severity: 'error',
      from: { path: '^dist/', pathNot: '^dist/modules/' },
      to: { path: '^dist/modules/[^/]+/', pathNot: '^dist/modules/[^/]+/index\\.js$' },
    },
    {
      name: 'a-payment-provider-is-entered-by-the-registry',
      severity: 'error',
      from: {
        path: '^dist/modules/payments/([^/]+)',
        pathNot: '^dist/modules/payments/(provider-registry|payments\\.module|index|sandbox/wire-format)\\.js$',
      },
      to: { path: '^dist/modules/payments/(lemon-squeezy|sandbox)/', pathNot: '^dist/modules/payments/$1/' },
    },
    {
      name: 'types-import-types-and-rules',
      severity: 'error',
      from: { path: '\\.type\\.js$' },
      to: {
        path: '^dist/',
        pathNot: '\\.(type|rules)\\.js$|^dist/core/|\\.enums?\\.js$|^dist/platform/postgres/generated/|^dist/modules/[^/]+/index\\.js$',
      },
    },
    {
      name: 'rules-are-pure',
      severity: 'error',
      from: { path: '\\.rules\\.js$' },
      to: { path: '^(dist|node_modules)/', pathNot: '^dist/core/|/i18n/|\\.rules\\.js$' },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/(bundle|chaos|explorer|pages|production|\\.stamps)' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
