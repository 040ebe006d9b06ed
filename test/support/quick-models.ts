import { join } from 'node:path'
import { writeCatalogue, writeChatModel, writeEmbeddingModel } from './made-models.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from './models.js'
import { isFullTest } from './seed.js'
import type { Environment } from './server.js'
import { createTemporaryFolder } from './temporary.js'

/**
 * The environment of a server for what does not depend on what models say: in the long run it serves the bundled ones,
 * otherwise made ones of the same names, which take a hundredth of the time and write without an end.
 */
export async function openQuickModels(stack: AsyncDisposableStack): Promise<Environment> {
  if (isFullTest()) return {}
  const { path } = stack.use(await createTemporaryFolder('quick-models'))
  await writeChatModel(join(path, CHAT_MODEL), { isEndless: true })
  await writeEmbeddingModel(join(path, EMBEDDING_MODEL))
  await writeCatalogue(path)
  return { GRAPHLOOM_MODELS_DIR: path }
}
