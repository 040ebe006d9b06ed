import { LanceVectorIndex } from '../../src/adapters/lancedb/lance-vector-index.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { runVectorIndexSuite } from './vector-index.suite.js'

runVectorIndexSuite('LanceDB', async () => {
  const stack = new AsyncDisposableStack()
  const { path } = stack.use(await createTemporaryFolder('lance'))
  const open = () => stack.use(new LanceVectorIndex({ uri: path, cacheBytes: 64 << 20 }))
  return { index: open(), reopen: () => Promise.resolve(open()), [Symbol.asyncDispose]: () => stack.disposeAsync() }
})
