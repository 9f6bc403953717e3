// npm run lint:language: checks that texts, file names and identifiers follow docs/glossary.md.
// Texts are comments, string literals (descriptions, messages, test names), SQL comments,
// Markdown and the printed schema.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { TextlintKernel } from '@textlint/kernel'
import markdown from '@textlint/textlint-plugin-markdown'
import text from '@textlint/textlint-plugin-text'
import { parseSync, Visitor } from 'oxc-parser'
import terminology from 'textlint-rule-terminology'
import { isReleasedMigration } from './released-migrations.mjs'

const MAX_LINE_LENGTH = 110
const FILE_NAME = /^(\.?[a-z0-9]+(-[a-z0-9]+)*)(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
/** Files whose names are determined by a tool or a convention. */
const GIVEN_NAMES = /^(README|LICENSE|CHANGELOG|CONTRIBUTING|SECURITY)(\.md)?$|^Dockerfile$|^pull_request_template\.md$|^ISSUE_TEMPLATE$/
/** Statements and operations in string literals: their columns and fields keep the names that are stored or published. */
const SQL_OR_GRAPHQL = /^\s*((SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|TRUNCATE)\s|(query|mutation|subscription|fragment)\b[^{]*\{)/
/** Data, generated files and the list of replaced words itself. */
const EXCLUDED =
  /^(docs\/glossary\.md|docs\/openapi\.json|docs\/schema-changes\.md|scripts\/language\/|tests\/golden\/|tests\/released-schema|packages\/(client|pages)\/src\/generated\/|package-lock|prisma\/migrations\/migration_lock)/

const NOT_SOURCE = new Set([
  '.git',
  'bench/node_modules',
  'data',
  'dist',
  'packages/client/dist',
  'node_modules',
  'src/platform/postgres/generated',
])

const read = (path) => readFileSync(path, 'utf8')
const terms = JSON.parse(read('scripts/language/terms.json'))
const names = JSON.parse(read('scripts/language/names.json'))
const kernel = new TextlintKernel()
const problems = []

const files = listFiles('.').filter(
  (file) => !EXCLUDED.test(file) && !isReleasedMigration(migrationOf(file)) && /\.(ts|tsx|cts|mjs|cjs|md|sql|prisma|graphql)$/.test(file),
)

for (const file of files) {
  checkFileName(file)
  if (/\.(ts|tsx|cts|mjs|cjs)$/.test(file)) await checkCode(file)
  else if (file.endsWith('.md')) await checkMarkdown(file)
  else await checkTexts(file, lineComments(file))
}

for (const problem of problems.sort()) console.error(problem)
console.log(`language: ${problems.length} problems in ${files.length} files`)
process.exitCode = problems.length > 0 ? 1 : 0

function checkFileName(file) {
  const name = basename(file)
  if (GIVEN_NAMES.test(name) || file.startsWith('prisma/migrations/')) return
  if (!FILE_NAME.test(name)) problems.push(`${file}: the file name must be kebab-case`)
  const denied = name.split(/[-.]/).find((word) => names.deniedWords.includes(word))
  if (denied) problems.push(`${file}: the file name contains "${denied}"; see docs/glossary.md`)
}

/** Comments and strings are checked as text, declared names against the list of denied words. */
async function checkCode(file) {
  const source = read(file)
  const { program, comments, errors } = parseSync(file, source, { lang: file.endsWith('x') ? 'tsx' : 'ts' })
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`)
  const texts = comments.map(({ value, start }) => ({ value: value.replaceAll(/^\s*\*+/gm, ''), start }))
  const declared = new Map()
  const declare = (node) => node?.type === 'Identifier' && declared.set(node.name, node.start)
  const addText = (value, start) => typeof value === 'string' && /\s/.test(value) && texts.push({ value, start })
  new Visitor({
    Literal: (node) => !SQL_OR_GRAPHQL.test(node.value) && addText(node.value, node.start),
    TemplateLiteral: ({ quasis }) => {
      if (SQL_OR_GRAPHQL.test(quasis[0].value.cooked)) return
      for (const { value, start } of quasis) addText(value.cooked, start)
    },
    VariableDeclarator: (node) => declare(node.id),
    FunctionDeclaration: (node) => declare(node.id),
    ClassDeclaration: (node) => declare(node.id),
    TSInterfaceDeclaration: (node) => declare(node.id),
    TSTypeAliasDeclaration: (node) => declare(node.id),
    MethodDefinition: (node) => declare(node.key),
    PropertyDefinition: (node) => declare(node.key),
    TSPropertySignature: (node) => declare(node.key),
  }).visit(program)
  const lineOf = lineCounter(source)
  await checkTexts(
    file,
    texts.map(({ value, start }) => ({ value, line: lineOf(start) })),
  )
  for (const [name, start] of declared) checkName(`${file}:${lineOf(start)}`, name)
}

function checkName(location, name) {
  if (names.allowed.includes(name)) return
  const prefix = names.deniedPrefixes.find((each) => name.startsWith(each))
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[ _]+/)
  const denied = prefix ?? words.find((word) => names.deniedWords.includes(word))
  if (denied) problems.push(`${location}: the name "${name}" contains "${denied}"; see docs/glossary.md`)
}

async function checkMarkdown(file) {
  const content = read(file)
  for (const { line, message } of await lint(content, '.md', [{ pluginId: 'markdown', plugin: markdown.default ?? markdown }])) {
    problems.push(`${file}:${line}: ${message}`)
  }
  let inCode = false
  for (const [index, line] of content.split('\n').entries()) {
    if (line.startsWith('```')) inCode = !inCode
    const wraps = !inCode && !/^\||^!?\[|https?:|^<img/.test(line)
    if (wraps && line.length > MAX_LINE_LENGTH) problems.push(`${file}:${index + 1}: the line has more than ${MAX_LINE_LENGTH} characters`)
  }
}

async function checkTexts(file, texts) {
  if (texts.length === 0) return
  // All texts of a file are checked as one document. `lines` maps its lines to those of the file.
  const lines = texts.flatMap(({ value, line }) => value.split('\n').map((part, offset) => ({ part, line: line + offset })))
  const content = lines.map(({ part }) => part).join('\n')
  for (const { line, message } of await lint(content, '.txt', [{ pluginId: 'text', plugin: text.default ?? text }])) {
    problems.push(`${file}:${lines[line - 1]?.line}: ${message}`)
  }
}

async function lint(content, ext, plugins) {
  const rules = [{ ruleId: 'terminology', rule: terminology.default ?? terminology, options: { defaultTerms: false, terms } }]
  const { messages } = await kernel.lintText(content, { filePath: `text${ext}`, ext, plugins, rules })
  return messages.map(({ line, message }) => ({ line, message: message.replace('Incorrect term', 'replaced wording') }))
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (NOT_SOURCE.has(path) || entry.isSymbolicLink()) return []
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

function migrationOf(file) {
  return /^prisma\/migrations\/([^/]+)/.exec(file)?.[1] ?? ''
}

/** Comments of SQL, Prisma and GraphQL, and the descriptions of a GraphQL schema. */
function lineComments(file) {
  const comment = file.endsWith('.sql') ? /--(.*)$/ : file.endsWith('.prisma') ? /\/\/\/?(.*)$/ : /^\s*#(.*)$/
  let isDescription = false
  return read(file)
    .split('\n')
    .flatMap((line, index) => {
      const quotes = file.endsWith('.graphql') ? line.split('"""').length - 1 : 0
      const value = isDescription || quotes > 0 ? line.replaceAll('"""', '') : comment.exec(line)?.[1]
      if (quotes % 2 === 1) isDescription = !isDescription
      return value ? [{ value, line: index + 1 }] : []
    })
}

function lineCounter(source) {
  const ends = [...source.matchAll(/\n/g)].map(({ index }) => index)
  return (offset) => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle] < offset) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
