import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverAudits } from 'graphql-http'
import { startGateway, type TestGateway } from '../support/gateway.js'

/** The audits' schema needs nothing but `__typename`. GETs need the header that a form cannot send. */
const fetchWithPreflightHeader: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers)
  if (init?.method === undefined || init.method === 'GET') headers.set('apollo-require-preflight', 'true')
  return fetch(input, { ...init, headers })
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const audits = serverAudits({ url: () => gateway.graphqlUrl, fetchFn: fetchWithPreflightHeader })

test('there are 61 audits', () => expect(audits).toHaveLength(61))

test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
  const result = await audit.fn()
  expect(result.status, 'reason' in result ? result.reason : '').toBe('ok')
})
