/** The part of WebAssembly that loading the schema engine needs; Node's types leave it to the DOM's. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>
  type ModuleImports = Record<string, unknown>
  function instantiate(bytes: Uint8Array, imports: Record<string, ModuleImports>): Promise<{ instance: { exports: Exports } }>
}
