import type { GraphQLObjectType } from 'graphql'
import { buildSchema, type GraphQLSchema } from 'graphql'

const TYPES = `
  enum State { QUEUED RUNNING SUCCEEDED }
  type Usage { inputTokens: Int! outputTokens: Int! }
  type Row { id: ID! name: String! state: State! usage: Usage! seed: Float note: String tags: [String!]! }
  type RowEdge { cursor: String! node: Row! }
  type RowConnection { edges: [RowEdge!]! total: Int! }
  type Query { rows(first: Int!): RowConnection! hello: String! }
  type Tick { number: Int! text: String! }
  type Subscription { ticks: Tick! }
`

/** About 400 fields in its answer. */
export const LIST_QUERY = `query Rows($first: Int!) {
  rows(first: $first) { total edges { cursor node { id name state note usage { inputTokens outputTokens } } } }
}`
export const LIST_VARIABLES = { first: 40 }
export const TINY_QUERY = '{ hello }'
export const TICKS_SUBSCRIPTION = 'subscription { ticks { number text } }'

const ROWS = Array.from({ length: 100 }, (_row, index) => ({
  cursor: `cursor-${index}`,
  node: {
    id: `row_${index}`,
    name: `Row number ${index}`,
    state: 'SUCCEEDED',
    usage: { inputTokens: index, outputTokens: 2 * index },
    seed: index / 7,
    note: index % 3 === 0 ? null : `note ${index}`,
    tags: ['a', 'b'],
  },
}))

/** A page of a list, a tiny field, and a topic whose items come from `ticks`. */
export function createListSchema(ticks: () => AsyncIterable<object>): GraphQLSchema {
  const schema = buildSchema(TYPES)
  const query = (schema.getType('Query') as GraphQLObjectType).getFields()
  query['rows']!.resolve = (_parent, { first }: { first: number }) => ({
    edges: ROWS.slice(0, first),
    total: ROWS.length,
  })
  query['hello']!.resolve = () => 'world'
  const row = (schema.getType('Row') as GraphQLObjectType).getFields()
  row['name']!.resolve = ({ name }: { name: string }) => name
  row['note']!.resolve = ({ note }: { note: string | null }) => note
  const topic = (schema.getType('Subscription') as GraphQLObjectType).getFields()['ticks']!
  topic.subscribe = ticks
  topic.resolve = (item: unknown) => item
  return schema
}
