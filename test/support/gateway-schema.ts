import type { GraphQLObjectType, GraphQLScalarType } from 'graphql'
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { Principal } from '../../src/domain/principal.js'
import { RATE_LIMIT_DIRECTIVE } from '../../src/gateway/rate-limits.js'

/** What resolvers of the test schema get. */
export interface TestContext {
  readonly principal: Principal
  readonly signal: AbortSignal
}

const TYPES = `
  ${RATE_LIMIT_DIRECTIVE}
  directive @mark repeatable on FIELD | QUERY
  scalar Day
  type Item { id: ID! name: String! parent: Item }
  type Query {
    hello(name: String): String!
    items(first: Int): [Item!]!
    numbers(of: [Int!]): Int!
    viewer: String!
    day(at: Day): String
    fail(how: String!): String
    wait(name: String!): String
    limited: Int! @rateLimit(max: 3, windowMs: 60000)
  }
  type Mutation { increment: Int! limitedMutation: Int! @rateLimit(max: 2, windowMs: 60000) }
  type Subscription {
    count(to: Int!, after: Int): Int!
    topic(after: String): Tick!
    silence(name: String!): Int!
    fail(how: String!): Int
    flood(bytes: Int!): String!
  }
  type Tick { number: Int! text: String! }
`

/** Things that must never be read by a client. */
export const SECRETS = [
  'mongodb://admin:hunter2@db.internal:27017/prod',
  '/srv/graphloom/secret/key.pem',
  'sk-live-0123456789abcdef',
] as const

class DatabaseError extends Error {
  readonly uri = SECRETS[0]
  readonly stackCopy = this.stack
}

/** Throws in the ways in which code fails. */
export function failAs(how: string): never {
  const text = `cannot reach ${SECRETS[0]} with ${SECRETS[1]} and ${SECRETS[2]}`
  switch (how) {
    case 'error':
      throw new DatabaseError(text)
    case 'cause':
      throw new Error('failed', { cause: new DatabaseError(text) })
    case 'text':
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw text
    case 'object':
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw { message: text, extensions: { uri: text } }
    case 'wrapped':
      throw new GraphQLError(text, { originalError: new DatabaseError(text), extensions: { uri: text, code: 'X' } })
    case 'internal':
      throw new GraphloomError('INTERNAL', text)
    case 'catalogue':
      throw new GraphloomError('OVERLOADED', 'The queue is full.', {
        cause: new DatabaseError(text),
        details: { retryAfterMs: 1_500, path: 'input.text', limit: { name: 'QUEUE', value: 5, actual: 6 } },
      })
    default:
      throw new DatabaseError(text)
  }
}

/** Topics, waits and counters of one test schema. */
export class TestSchema {
  readonly schema: GraphQLSchema
  /** Names of sources that were opened, and of those that were ended. */
  readonly opened: string[] = []
  readonly ended: string[] = []
  /** How often an item of `topic` was executed. */
  executions = 0
  /** Bytes that `flood` has given. */
  flooded = 0
  contexts = 0
  readonly #readers = new Set<(item: object) => void>()
  readonly #waits = new Map<string, () => void>()
  #count = 0

  constructor() {
    this.schema = buildSchema(TYPES)
    const resolvers = { Query: this.#query(), Mutation: this.#mutation(), Tick: this.#tick() }
    for (const [name, fields] of Object.entries(resolvers)) {
      const type = this.schema.getType(name) as GraphQLObjectType
      for (const [field, resolve] of Object.entries(fields)) type.getFields()[field]!.resolve = resolve
    }
    const subscription = this.schema.getSubscriptionType()!.getFields()
    for (const [field, subscribe] of Object.entries(this.#subscription())) {
      subscription[field]!.subscribe = subscribe
      subscription[field]!.resolve = (item: unknown) => item
    }
    const day = this.schema.getType('Day') as GraphQLScalarType
    day.parseValue = (value) => {
      if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) throw new TypeError('not a day')
      return value
    }
    day.parseLiteral = (node) => day.parseValue('value' in node ? node.value : null)
  }

  get readers(): number {
    return this.#readers.size
  }

  publish(item: { readonly number: number; readonly text: string }): void {
    for (const take of this.#readers) take(item)
  }

  release(name: string): void {
    this.#waits.get(name)?.()
  }

  isWaiting(name: string): boolean {
    return this.#waits.has(name)
  }

  readonly createContext = (context: TestContext): TestContext => {
    this.contexts++
    return context
  }

  #query() {
    return {
      hello: (_: unknown, { name }: { name?: string }) => `Hello ${name ?? 'you'}`,
      items: (_: unknown, { first = 10 }: { first?: number }) =>
        Array.from({ length: first }, (_one, i) => ({ id: String(i), name: `item ${i}`, parent: null })),
      numbers: (_: unknown, { of = [] }: { of?: number[] }) => of.length,
      viewer: (_: unknown, __: unknown, { principal }: TestContext) => `${principal.tenantId}/${principal.subject}`,
      day: (_: unknown, { at }: { at?: string }) => at ?? null,
      fail: (_: unknown, { how }: { how: string }) => failAs(how),
      wait: (_: unknown, { name }: { name: string }, { signal }: TestContext) =>
        new Promise<string>((resolve, reject) => {
          this.opened.push(name)
          this.#waits.set(name, () => resolve(name))
          signal.addEventListener('abort', () => {
            this.ended.push(name)
            reject(new GraphloomError('CANCELLED', 'The client has gone.'))
          })
        }),
      limited: () => 1,
    }
  }

  #mutation() {
    return { increment: () => ++this.#count, limitedMutation: () => 1 }
  }

  #tick() {
    return {
      text: ({ text }: { text: string }) => {
        this.executions++
        return text
      },
    }
  }

  #subscription() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const test = this
    return {
      async *count(_: unknown, { to, after = 0 }: { to: number; after?: number }) {
        for (let number = after + 1; number <= to; number++) yield number
      },
      topic: () => test.#follow('topic'),
      silence: (_: unknown, { name }: { name: string }) => test.#follow(name, true),
      async *fail(_: unknown, { how }: { how: string }) {
        if (how.startsWith('open:')) failAs(how.slice(5))
        yield 1
        failAs(how)
      },
      async *flood(_: unknown, { bytes }: { bytes: number }) {
        test.opened.push('flood')
        try {
          for (;;) {
            test.flooded += bytes
            yield 'x'.repeat(bytes)
          }
        } finally {
          test.ended.push('flood')
        }
      },
    }
  }

  /** A source that does not look at the signal: only `return` ends it. */
  #follow(name: string, deaf = false): AsyncIterableIterator<object> {
    const queue: object[] = []
    let wake = (): void => undefined
    let over = false
    const take = (item: object): void => {
      queue.push(item)
      wake()
    }
    this.opened.push(name)
    if (!deaf) this.#readers.add(take)
    return {
      next: async () => {
        while (queue.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve))
        const value = queue.shift()
        return value && !over ? { value, done: false } : { value: undefined, done: true }
      },
      return: () => {
        over = true
        this.#readers.delete(take)
        this.ended.push(name)
        wake()
        return Promise.resolve({ value: undefined, done: true })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}
