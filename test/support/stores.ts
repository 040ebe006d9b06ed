import { startMongo } from './mongo.js'
import { isFullTest } from './seed.js'
import { createTemporaryFolder } from './temporary.js'

/** Where documents can live; the API must not show the difference. */
export const STORES = ['sqlite', 'mongodb'] as const
export type Store = (typeof STORES)[number]

/** For what hardly depends on the store: both in the long run alone. */
export const STORES_BRIEFLY: readonly Store[] = isFullTest() ? STORES : ['sqlite']

/** The environment of a server with empty state in a store; what that needs belongs to the stack. */
export async function openStore(stack: AsyncDisposableStack, store: Store): Promise<Record<string, string>> {
  const folder = stack.use(await createTemporaryFolder(store))
  const environment = { GRAPHLOOM_DATA_DIR: folder.path }
  if (store === 'sqlite') return environment
  const mongo = stack.use(await startMongo('standalone'))
  return { ...environment, MONGODB_URI: mongo.freshUri() }
}
