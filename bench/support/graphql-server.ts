import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** The gateway and its reference in one process of their own. */
export interface GraphQLServer extends AsyncDisposable {
  readonly gatewayPort: number
  readonly barePort: number
  readonly token: string
  readonly process: ChildProcess
}

export async function startGraphQLServer(): Promise<GraphQLServer> {
  const child = fork(new URL('./graphql-process.js', import.meta.url), {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [ready] = (await once(child, 'message')) as [Pick<GraphQLServer, 'gatewayPort' | 'barePort' | 'token'>]
  return {
    ...ready,
    process: child,
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit')
      child.send('stop')
      await gone
    },
  }
}
