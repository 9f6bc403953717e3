import { defineCommand } from './command.js'

/** The commands for operators. scripts/development-commands.mjs adds those that only a checkout has. */
export const COMMANDS = {
  start: defineCommand({
    summary: 'Start the server',
    details: `Without configuration this is a demo. docs/configuration.md describes every environment variable.
Under a supervisor use npm start: npx does not forward signals to the server.`,
    options: {},
    load: async () => (await import('../start.js')).start,
  }),
  migrate: defineCommand({
    summary: 'Apply the pending migrations to the database of DATABASE_URL',
    options: {},
    load: async () => (await import('./migrate.js')).migrateDatabase,
  }),
  doctor: defineCommand({
    summary: 'Check the configuration and suggest fixes',
    details: `Prints one line per check: ok, warning or problem. Exits with 1 if there is a problem.
Changes nothing and prints no secrets.`,
    options: {},
    load: async () => (await import('./doctor.js')).printFindings,
  }),
  token: defineCommand({
    summary: 'Print a token signed with the configured secret',
    options: {
      user: { type: 'string', value: 'id', about: 'id of the user', required: true },
      role: { type: 'string', value: 'role', about: 'user or admin', default: 'user' },
      email: { type: 'string', value: 'address', about: 'e-mail address, used if the user does not exist yet' },
      name: { type: 'string', value: 'name', about: 'name, used if the user does not exist yet' },
      days: { type: 'string', value: 'number', about: 'validity in days, at most 3650', default: '30' },
    },
    examples: ['--user 55', '--user 1 --role admin --days 1'],
    load: async () => (await import('./token.js')).printToken,
  }),
  'admin-link': defineCommand({
    summary: 'Print a link that signs an administrator in to the page /admin',
    details: `The link can be opened once, within 15 minutes; the session lasts 12 hours. It needs PAGES=admin.
Works while the server is running.`,
    options: {
      user: { type: 'string', value: 'id', about: 'id of the user', required: true },
      email: { type: 'string', value: 'address', about: 'e-mail address, used if the user does not exist yet' },
      name: { type: 'string', value: 'name', about: 'name, used if the user does not exist yet' },
      end: { type: 'boolean', about: 'end all sessions and links of the user instead' },
    },
    examples: ['--user 1', '--user 1 --end'],
    load: async () => (await import('./admin-link.js')).printAdminLink,
  }),
  'api-key': defineCommand({
    summary: "Create, list or revoke API keys of the panel's services",
    details: 'Works while the server is running.',
    options: {
      name: { type: 'string', value: 'name', about: 'name of the new key' },
      scopes: { type: 'string', value: 'scopes', about: 'its scopes, separated by commas: claims, sync, read' },
      list: { type: 'boolean', about: 'list the keys' },
      revoke: { type: 'string', value: 'id', about: 'revoke a key' },
    },
    examples: ['--name "panel backend" --scopes claims,sync,read', '--list', '--revoke 3'],
    load: async () => (await import('./api-key.js')).manageApiKeys,
  }),
  import: defineCommand({
    summary: "Import the data of another panel's database",
    details: `Imports users, organisations, memberships, plans and orders: from a CSV table of one kind, from a JSON file
with an object of lists or one list, or from a folder of such files. docs/migrating.md describes the columns.`,
    options: {
      from: { type: 'string', value: 'file', about: 'the file or folder to import', required: true },
      kind: { type: 'string', value: 'kind', about: 'kind of the rows, if the file name does not state it' },
      preset: { type: 'string', value: 'name', about: "eclipanel, if the rows are those of EcliPanel's tables" },
      'dry-run': { type: 'boolean', about: 'validate and report without writing' },
      'skip-rejected': { type: 'boolean', about: 'write the valid rows although others are rejected' },
      'minor-units': { type: 'boolean', about: 'amounts are in the smallest unit of the currency: 1500 is 15.00' },
    },
    examples: ['--from export.json --dry-run', '--from orders.csv --minor-units', '--from tables --preset eclipanel'],
    load: async () => (await import('./import.js')).importFile,
  }),
  'import-exchange-rates': defineCommand({
    summary: 'Import exchange rates from an XML file of the European Central Bank',
    details: `Reads eurofxref-daily.xml, eurofxref-hist-90d.xml or eurofxref-hist.xml, the whole history, and replaces the
rates of the same days and currencies. Nothing is stored if the file has an error. docs/invoices.md has more.`,
    positionals: '<file>',
    options: {},
    examples: ['eurofxref-daily.xml'],
    load: async () => (await import('./import-exchange-rates.js')).importRateFile,
  }),
  backup: defineCommand({
    summary: 'Copy the embedded database and the demo secret, even while the server is running',
    options: { to: { type: 'string', value: 'folder', about: 'the folder to create; it can be used as DATA_DIR', required: true } },
    examples: ['--to /backups/2026-11-21'],
    load: async () => (await import('./backup.js')).backUp,
  }),
}
