import fc from 'fast-check'
import type { GraphQLObjectType } from 'graphql'
import {
  buildSchema,
  execute,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLInterfaceType,
  type GraphQLSchema,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { PlannedExecutor } from '../../src/gateway/graphql/planned-execution.js'

const TYPES = `
  enum Color { RED GREEN }
  interface Named { name: String child: Node }
  type Leaf implements Named { name: String child: Node color: Color strict: Int! }
  type Node implements Named {
    name(prefix: String = "-"): String child: Node strict: Int! color: Color method(by: Int): Int
    list: [Int] hardList: [Int!] hardest: [Node!]! named: Named anything: Any leaves: [Named]
  }
  union Any = Leaf | Node
  type Query { node(depth: Int): Node hard: Node! }
  type Mutation { add(by: Int!): Int addLater(by: Int!): Int! }
`
const FULL = process.env.GRAPHLOOM_TEST_FULL === '1'

/** The ways in which a value of a field can come, good and bad. */
const VALUES = {
  name: ['text', null, 12, new Error('no name'), Promise.resolve('later'), { toString: 1 }],
  strict: [1, null, undefined, 'x', Promise.resolve(null), new Error('strict')],
  color: ['RED', 'BLUE', null, Promise.resolve('GREEN')],
  list: [[1, 'two', null, Promise.resolve(4), new Error('item')], 5, null, 'text', new Set([1, 2])],
  hardList: [[1, 2], [1, null], [Promise.resolve(1), Promise.resolve(null)], null],
}

/** Values are chosen by the path, so that both executions meet the same. */
function choose(path: string, seed: number, values: readonly unknown[]): unknown {
  let hash = seed | 0
  for (const character of path) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0
  return values[(hash >>> 3) % values.length]
}

function createNode(seed: number, path: string): object {
  const child = (key: string): unknown =>
    choose(path + key, seed, [
      null,
      createNode(seed, `${path}.${key}`),
      Promise.resolve(createNode(seed, `${path}.${key}`)),
      createNode(seed, `${path}.${key}`),
      new Error(`no ${key}`),
    ])
  const several = (key: string): unknown[] => [0, 1, 2].map((index) => child(`${key}${index}`))
  return {
    __typename: choose(path, seed, ['Node', 'Leaf', 'Node', 'Leaf', 'Missing', 'Color', 'Query']),
    get name() {
      return choose(`${path}name`, seed, VALUES.name)
    },
    get strict() {
      return choose(`${path}strict`, seed, VALUES.strict)
    },
    color: choose(`${path}color`, seed, VALUES.color),
    list: choose(`${path}list`, seed, VALUES.list),
    hardList: choose(`${path}hardList`, seed, VALUES.hardList),
    method({ by }: { by?: number }, context: { factor: number }, info: { fieldName: string }) {
      if (by === 3) throw new Error(`${info.fieldName} fails`)
      return (by ?? 1) * context.factor
    },
    get child() {
      return child('child')
    },
    get named() {
      return child('named')
    },
    get anything() {
      return child('anything')
    },
    // One item: graphql leaves the failures of others unhandled when one of a list of this type throws.
    get hardest() {
      return [child('hardest')]
    },
    get leaves() {
      return several('leaves')
    },
  }
}

function createSchema(seed: number): GraphQLSchema {
  const schema = buildSchema(TYPES)
  const fieldsOf = (type: string) => (schema.getType(type) as GraphQLObjectType).getFields()
  fieldsOf('Query')['node']!.resolve = (_root, { depth = 0 }: { depth?: number }) => createNode(seed, `node${depth}`)
  fieldsOf('Query')['hard']!.resolve = () => Promise.resolve(createNode(seed, 'hard'))
  fieldsOf('Node')['name']!.resolve = ({ name }: { name: unknown }, { prefix }: { prefix: string }, _context, info) =>
    typeof name === 'string' ? `${prefix}${name} ${String(info.path.key)} ${info.fieldNodes.length}` : name
  ;(schema.getType('Leaf') as GraphQLObjectType).isTypeOf = (_value, { factor }: { factor: number }) =>
    seed % 5 === 0 ? Promise.resolve(factor > 0) : true
  if (seed % 3 === 0)
    (schema.getType('Named') as GraphQLInterfaceType).resolveType = ({ __typename }: { __typename: string }) =>
      Promise.resolve(__typename)
  let sum = 0
  fieldsOf('Mutation')['add']!.resolve = (_root, { by }: { by: number }) => {
    if (by < 0) throw new Error('negative')
    return (sum += by)
  }
  fieldsOf('Mutation')['addLater']!.resolve = async (_root, { by }: { by: number }) => {
    await new Promise(setImmediate)
    return by === 7 ? null : (sum += by)
  }
  return schema
}

/** Selections that nest up to a depth; not all of them are valid. */
const selections = (depth: number): fc.Arbitrary<string> => {
  const leaf = fc.constantFrom(
    'name',
    'alias: name(prefix: $prefix)',
    'plus: name(prefix: "+")',
    'strict',
    'color',
    'list',
    'hardList',
    '__typename',
    'method(by: $by)',
    'plain: method',
    'strict @include(if: $yes)',
    'shade: color @skip(if: $yes)',
  )
  if (depth === 0) return fc.array(leaf, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '))
  const inner = selections(depth - 1)
  const nested = fc
    .tuple(fc.constantFrom('child', 'other: child', 'hardest', 'child @include(if: $yes)', 'c2: child'), inner)
    .map(([field, set]) => `${field} { ${set} }`)
  const abstract = fc
    .tuple(fc.constantFrom('named', 'anything', 'leaves'), inner, fc.constantFrom('strict', 'color', '__typename'))
    .map(([field, set, other]) => `${field} { __typename ... on Node { ${set} } ... on Leaf { leaf: ${other} } }`)
  const spread = fc.constantFrom('...Part', '... @skip(if: $yes) { color }', '... on Named { __typename }')
  return fc
    .array(fc.oneof(leaf, nested, nested, abstract, spread), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join(' '))
}

const DECLARATIONS = '($prefix: String, $by: Int, $yes: Boolean = true)'
const FRAGMENT = 'fragment Part on Node { part: name child { strict ...Inner } } fragment Inner on Node { color list }'
const USES = 'used: node { prefixed: name(prefix: $prefix) method(by: $by) color @skip(if: $yes) ...Part }'

const plain = ({ data, errors }: ExecutionResult): unknown => ({
  data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
  errors: errors?.map((error) => JSON.stringify(error.toJSON())).sort() ?? [],
})

async function compare(seed: number, text: string, variables: Record<string, unknown>): Promise<void> {
  const document = parse(text)
  const reference = createSchema(seed)
  if (validate(reference, document).length > 0) return
  const context = { factor: 2 }
  const schema = createSchema(seed)
  const executor = new PlannedExecutor(schema)
  const request = { document, operationName: undefined, variables, rootValue: {}, context }
  // Twice: the second run finds the plan of the first.
  for (let run = 0; run < 2; run++) {
    const wanted = await execute({
      ...{ schema: reference, document, variableValues: variables, contextValue: context, rootValue: {} },
    })
    expect(plain(await executor.execute(request))).toEqual(plain(wanted))
  }
}

describe('planned execution gives what graphql’s own gives', () => {
  test('for queries, values and failures of all kinds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000),
        selections(3),
        fc.record({
          prefix: fc.constantFrom(undefined, null, 'p', 5),
          by: fc.constantFrom(undefined, 2, 3, 'x'),
          yes: fc.constantFrom(undefined, true, false),
        }),
        async (seed, set, variables) => {
          const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined))
          await compare(seed, `query ${DECLARATIONS} { ${USES} node { ${set} } } ${FRAGMENT}`, given)
          await compare(seed, `query ${DECLARATIONS} { ${USES} hard { ${set} } } ${FRAGMENT}`, given)
        },
      ),
      { numRuns: FULL ? 3_000 : 200 },
    )
  })

  test.each([
    'mutation { a: add(by: 1) b: addLater(by: 2) c: add(by: 3) }',
    'mutation { a: add(by: 1) b: add(by: -1) c: add(by: 3) }',
    'mutation { a: add(by: 1) b: addLater(by: 7) c: add(by: 3) }',
    'mutation ($by: Int!) { add(by: $by) }',
    '{ __schema { queryType { name } types { name fields { name type { name ofType { name } } } } } }',
    '{ __type(name: "Node") { name fields { name args { name defaultValue } } } __typename }',
    '{ node { __proto__: name x: name } }',
    '{ node { ...F } node { child { strict } } } fragment F on Node { child { name } }',
    'query A { node { name } }',
  ])('%s', async (text) => {
    for (const seed of [0, 1, 2, 5]) await compare(seed, text, {})
  })

  test('a list that may not hold null fails as a whole, and leaves no failure unhandled', async () => {
    const schema = buildSchema('type Query { list: [Item!] } type Item { strict: Int! }')
    const items = [{ strict: Promise.reject(new Error('later')) }, { strict: null }]
    const request = { document: parse('{ list { strict } }'), operationName: undefined, variables: {}, context: {} }
    const result = await new PlannedExecutor(schema).execute({ ...request, rootValue: { list: items } })
    expect(plain(result)).toMatchObject({ data: { list: null } })
    expect(result.errors?.map(({ message, path }) => [message, path])).toEqual([
      ['Cannot return null for non-nullable field Item.strict.', ['list', 1, 'strict']],
    ])
  })

  test('when an operation has been planned for all the choices that are kept', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const text = `query (${names.map((name) => `$${name}: Boolean!`).join()}) {
      node { ${names.map((name) => `${name}: color @include(if: $${name})`).join(' ')} } }`
    const schema = createSchema(1)
    const executor = new PlannedExecutor(schema)
    const document = parse(text)
    for (let choice = 0; choice < 64; choice++) {
      const variables = Object.fromEntries(names.map((name, bit) => [name, ((choice >> bit) & 1) === 1]))
      const request = { document, operationName: undefined, variables, rootValue: {}, context: {} }
      const wanted = await execute({ schema, document, variableValues: variables, contextValue: {} })
      expect(plain(await executor.execute(request))).toEqual(plain(wanted))
    }
  })
})
