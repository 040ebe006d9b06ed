import { expect, test } from 'vitest'
import { checkDeclaredTypes, parseDeclaredTypes } from '../../src/services/tasks/declared-types.js'
import { DEFAULTS, type TaskType } from '../../src/services/tasks/task-type.js'

const OWN: readonly TaskType[] = [
  {
    name: 'sleep',
    description: '',
    queue: 'default',
    inputSchema: {},
    outputSchema: {},
    defaults: DEFAULTS,
    run: null,
  },
  {
    name: 'predict',
    description: '',
    queue: 'models',
    ownsQueue: true,
    inputSchema: {},
    outputSchema: {},
    defaults: DEFAULTS,
    run: null,
  },
]

async function read(declared: unknown): Promise<readonly TaskType[]> {
  const types = parseDeclaredTypes(typeof declared === 'string' ? declared : JSON.stringify(declared), 'types.json')
  await checkDeclaredTypes(types, OWN, 'types.json')
  return types
}

test('what a file declares is taken', async () => {
  const [sum] = await read([
    { name: 'sum', inputSchema: { type: 'object', title: 'Sum', examples: [{}] }, queue: 'sums' },
  ])
  expect(sum).toMatchObject({ name: 'sum', queue: 'sums', run: null, defaults: { timeoutMs: null } })
})

test.each([
  ['{', /cannot be used: the file is not JSON/],
  [{}, /cannot be used: .*array/],
  [[{ name: 'Sum' }], /at 0\.name/],
  [[{ name: 'a', inputs: {} }], /at 0: .*inputs/],
  [[{ name: 'a' }, { name: 'a' }], /"a" is there twice/],
  [[{ name: 'a' }, { name: 'sleep' }], /at 1\.name: "sleep" is a type of the server itself/],
  [[{ name: 'a', queue: 'models' }], /at 0: a: 0\.queue: "models" is for tasks of type predict only/],
  [[{ name: 'a', inputSchema: { type: 'nope' } }], /at 0: a: schema is invalid: data\/type/],
  [[{ name: 'a', inputSchema: { example: 1 } }], /at 0: a: strict mode: unknown keyword: "example"/],
  [[{ name: 'a', outputSchema: { type: 'string', pattern: '(' } }], /at 0: a: Invalid regular expression/],
  [[{ name: 'a', inputSchema: { $schema: 'http://json-schema.org/draft-07/schema#' } }], /at 0: a: no schema with key/],
])('what it cannot mean is said: %j', async (declared, problem) => {
  await expect(read(declared)).rejects.toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(problem) }),
  )
})
