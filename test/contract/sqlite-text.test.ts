import { SqliteTextIndex } from '../../src/adapters/sqlite-text/sqlite-text-index.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { runTextIndexSuite } from './text-index.suite.js'

runTextIndexSuite('SQLite', async () => {
  const stack = new AsyncDisposableStack()
  const { path } = stack.use(await createTemporaryFolder('text'))
  const open = () => stack.use(new SqliteTextIndex(path))
  return { index: open(), reopen: () => Promise.resolve(open()), [Symbol.asyncDispose]: () => stack.disposeAsync() }
})
