// Copies tested code into the documentation: the content of FILE follows the line <!-- FILE --> as a code block.
// With --check, it fails when a copy is stale.
import { readFile, writeFile } from 'node:fs/promises'

const PAGES = ['docs/clients.md', 'packages/client/README.md']
const BLOCK = /^<!-- (\S+\.(\w+)) -->\n```.*?\n```$/gms
const isCheck = process.argv.includes('--check')

for (const page of PAGES) {
  const text = await readFile(page, 'utf8')
  const snippets = new Map()
  for (const [, file] of text.matchAll(BLOCK)) snippets.set(file, (await readFile(file, 'utf8')).trimEnd())
  const current = text.replaceAll(BLOCK, (_block, file, language) => `<!-- ${file} -->\n\`\`\`${language}\n${snippets.get(file)}\n\`\`\``)
  if (current === text) continue
  if (!isCheck) await writeFile(page, current)
  else {
    console.error(`${page} contains stale code: run npm run docs`)
    process.exitCode = 1
  }
}
