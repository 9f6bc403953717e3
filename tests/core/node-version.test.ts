import { expect, test } from 'vitest'
import { nodeVersionProblem } from '../../src/core/node-version.js'

test.each(['20.18.3', '18.20.4', '19.99.0', '4.0.0'])('refuses Node %s', (version) => {
  expect(nodeVersionProblem(version)).toContain(`this is Node ${version}`)
})

test.each(['99.0.0', process.versions.node])('accepts Node %s', (version) => {
  expect(nodeVersionProblem(version)).toBeUndefined()
})
