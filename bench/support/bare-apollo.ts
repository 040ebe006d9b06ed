import { createServer } from 'node:http'
import { ApolloServer } from '@apollo/server'

/** The least that answers GraphQL with Apollo Server. */
const apollo = new ApolloServer({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
})
await apollo.start()
createServer().listen(0, '127.0.0.1', () => console.log('{"msg":"ready"}'))
