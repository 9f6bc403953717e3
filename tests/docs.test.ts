import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { graphQLSchema } from '../src/api/graphql/schema.js'
import { ROOT } from './e2e/program.js'

const files = ['README.md', ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]
const texts = await Promise.all(files.map(async (file) => [file, await readFile(join(ROOT, file), 'utf8')] as const))

describe('the documentation', () => {
  const blocks = texts.flatMap(([file, text]) =>
    [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map((match) => [file, match[1] ?? ''] as const),
  )

  test.each(blocks)('%s contains an operation that matches the schema: %s', (_file, query) => {
    expect(validate(graphQLSchema(), parse(query)).map(({ message }) => message)).toEqual([])
  })

  test.each(texts)('%s contains no broken link', async (file, text) => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)|src="([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '')
    for (const link of links) await expect(stat(join(ROOT, file, '..', link)), link).resolves.toBeDefined()
  })

  const tests = texts.flatMap(([file, text]) =>
    [...text.matchAll(/`(tests\/[\w./-]+\.ts)`/g)].map((match) => [file, match[1] ?? ''] as const),
  )

  test.each(tests)('%s names an existing test: %s', async (_file, path) => {
    await expect(stat(join(ROOT, path))).resolves.toBeDefined()
  })
})
