import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import vm from 'node:vm'

export type XGrammar = typeof import('@mlc-ai/web-xgrammar')

export interface XGrammarLibrary {
  readonly library: XGrammar
  /** What it wrote since the last call: the reason of a failure is only there. */
  takeMessages(): string
}

const MAX_MESSAGE_CHARACTERS = 300

/**
 * Loads the grammar engine, which is WebAssembly within one file. The file is of the old module format in a package of
 * the new one, so it is compiled as a function. After a failure within it a new one is to be loaded.
 */
export function loadXGrammar(): XGrammarLibrary {
  const require = createRequire(import.meta.url)
  const file = require.resolve('@mlc-ai/web-xgrammar')
  const messages: string[] = []
  const write = (...parts: readonly unknown[]): void => {
    messages.push(parts.join(' '))
  }
  const module = { exports: {} }
  const console = { log: write, info: write, warn: write, error: write, debug: write }
  const scope = { module, exports: module.exports, require, __filename: file, __dirname: dirname(file), console }
  const run = vm.compileFunction(readFileSync(file, 'utf8'), Object.keys(scope), {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (...args: readonly unknown[]) => void
  run(...Object.values(scope))
  return {
    library: module.exports as XGrammar,
    takeMessages: () => {
      const [first = ''] = messages.splice(0).filter((message) => message.includes('[FATAL]'))
      // Without the place in the engine's source.
      return first
        .replace(/^.*?\[FATAL\] \S+: (Check failed: \(.*?\) is false: )?/s, '')
        .trim()
        .slice(0, MAX_MESSAGE_CHARACTERS)
    },
  }
}
