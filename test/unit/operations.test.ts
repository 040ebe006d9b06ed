import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema, Kind, parse, print, visit, type GraphQLSchema } from 'graphql'
import { expect, test } from 'vitest'
import { buildGraphSchema } from '../../resolvers/index.js'
import { printGraphSchema } from '../../schema/emit.js'
import { listBrokenPromises, readPromisedOperations } from '../support/promised-operations.js'
import { createTemporaryFolder } from '../support/temporary.js'

const root = join(import.meta.dirname, '../../..')

/** The schema without descriptions, so that a line is a field or value. */
const printed = print(
  visit(parse(printGraphSchema()), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  }),
)

/** The schema with one change of its text, which must have hit something. */
function changedSchema(pattern: RegExp, replacement: string): GraphQLSchema {
  const text = printed.replace(pattern, replacement)
  expect(text).not.toBe(printed)
  return buildSchema(text)
}

const breakingChanges = async (changed: GraphQLSchema): Promise<string[]> =>
  (await diff(buildSchema(printed), changed))
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => message)

test('the promised operations fit the schema', () => {
  expect(listBrokenPromises(buildGraphSchema())).toEqual([])
})

test('every root field of the schema is in a promised operation', () => {
  const promised = new Set<string>()
  for (const definition of readPromisedOperations().definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION)
      for (const selection of definition.selectionSet.selections)
        if (selection.kind === Kind.FIELD) promised.add(selection.name.value)
  const schema = buildGraphSchema()
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const names = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}))
  expect(names.filter((name) => !promised.has(name))).toEqual([])
})

test('a field that goes breaks the promise', async () => {
  const changed = changedSchema(/^ {2}finishReason: .*\n/m, '')
  expect(listBrokenPromises(changed)).toContainEqual(expect.stringContaining('"finishReason"'))
  expect(await breakingChanges(changed)).toContainEqual(expect.stringContaining('finishReason'))
})

test('an argument that becomes required breaks the promise', async () => {
  const changed = changedSchema(/idempotencyKey: String\b/, 'idempotencyKey: String!')
  expect(listBrokenPromises(changed)).toContainEqual(expect.stringContaining('idempotencyKey'))
  expect(await breakingChanges(changed)).toContainEqual(expect.stringContaining('idempotencyKey'))
})

test('an enum value that goes breaks the promise', async () => {
  const changed = changedSchema(/^ {2}CREATED_AT_DESC\n/m, '')
  expect(listBrokenPromises(changed)).toContainEqual(expect.stringContaining('CREATED_AT_DESC'))
  expect(await breakingChanges(changed)).toContainEqual(expect.stringContaining('CREATED_AT_DESC'))
})

test('an addition breaks nothing', async () => {
  const changed = changedSchema(/^type Prediction implements [^{]*\{\n/m, '$&  addition: String\n')
  expect(listBrokenPromises(changed)).toEqual([])
  expect(await breakingChanges(changed)).toEqual([])
})

test('the generated documents are current (npm run codegen)', async () => {
  await using folder = await createTemporaryFolder('codegen')
  const generated = join(folder.path, 'test/generated')
  await mkdir(generated, { recursive: true })
  const config = (await readFile(join(root, 'codegen.yml'), 'utf8'))
    .replace('test/generated/', `${generated}/`)
    .replaceAll(/(schema|documents): schema\//g, `$1: ${root}/schema/`)
  await writeFile(join(folder.path, 'codegen.yml'), config)
  const program = join(root, 'node_modules/@graphql-codegen/cli/esm/bin.js')
  await promisify(execFile)(process.execPath, [program, '--config', join(folder.path, 'codegen.yml')], { cwd: root })
  const files = await readdir(join(root, 'test/generated'))
  expect((await readdir(generated)).toSorted()).toEqual(files.toSorted())
  for (const file of files)
    expect(await readFile(join(generated, file), 'utf8')).toBe(
      await readFile(join(root, 'test/generated', file), 'utf8'),
    )
})
