import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join, resolve } from 'node:path'
import { readVersion } from './version.js'

/** What every process of Node reads: where compiled modules are kept. */
const VARIABLE = 'NODE_COMPILE_CACHE'

/**
 * Keeps in the data directory what Node compiles, also in the processes of models, so that the next start is quicker; of
 * other builds nothing stays there. The first start, which makes the directory, goes without, and so does one that may
 * not write there.
 */
export function keepCompiledModules(dataDirectory: string): void {
  if (process.env[VARIABLE] || !existsSync(dataDirectory)) return
  const folder = join(resolve(dataDirectory), 'compiled')
  const build = `${readVersion()}-${Math.floor(statSync(import.meta.filename).mtimeMs)}`
  try {
    const others = existsSync(folder) ? readdirSync(folder).filter((name) => name !== build) : []
    for (const name of others) rmSync(join(folder, name), { recursive: true, force: true })
  } catch {
    return
  }
  enableCompileCache(join(folder, build))
  process.env[VARIABLE] = join(folder, build)
}
