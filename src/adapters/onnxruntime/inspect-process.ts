import { realpath } from 'node:fs/promises'
import { setPriority } from 'node:os'
import type { InspectRequest } from '../../ports/model-runtime.js'
import { serveParent } from '../child-process/serve-parent.js'
import { inspectModel, outlineModel } from './inspect-model.js'
import type { FilePlaces } from './plain-file.js'

/** As a runner's: the server answers while a model is read. */
const NICENESS = 2
setPriority(NICENESS)

/** Told at most so often. */
const ALIVE_EVERY_MS = 1_000

serveParent({
  outline: async ({ folder, root }: FilePlaces) => outlineModel({ folder, root: await realpath(root) }),
  inspect: async ({ folder, root, graphFile }: Omit<InspectRequest, 'signal'>, { signal, emit }) => {
    let toldAt = 0
    const alive = (): void => {
      if (Date.now() - toldAt < ALIVE_EVERY_MS) return
      toldAt = Date.now()
      void emit(null)
    }
    return inspectModel({ folder, graphFile, root: await realpath(root) }, alive, signal)
  },
})
