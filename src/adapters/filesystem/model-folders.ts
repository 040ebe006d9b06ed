import { readdir, realpath, rm, stat, statfs } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path'
import { invalidInput, notFound } from '../../kernel/errors.js'
import { parseIdKind } from '../../kernel/ids.js'
import type { ModelFolders, PlacedFolder } from '../../ports/model-folders.js'

const MAX_PATH_CHARACTERS = 4_096

export interface ModelFoldersOptions {
  /** Absolute paths of folders that models may be registered from. */
  readonly allowed: readonly string[]
  /** Folder of downloaded models. */
  readonly own: string
}

export function createModelFolders({ allowed, own }: ModelFoldersOptions): ModelFolders {
  return {
    find: async (path, what, where) => {
      checkPath(path, where)
      if (allowed.length === 0)
        throw invalidInput(where, 'no folder is allowed; the server’s operator names some in GRAPHLOOM_MODEL_FOLDERS.')
      for (const root of allowed) {
        const found =
          isAbsolute(path) && !isInside(root, normalize(path)) ? null : await findBelow(root, path, what, where)
        if (found) return found
      }
      // Whether there is something outside is nobody's business.
      if (isAbsolute(path) && !allowed.some((root) => isInside(root, normalize(path)))) throw outside(where)
      throw notFound(`model ${what}`, path)
    },
    isAllowed: (root) => allowed.includes(root),
    ownFolder: (versionId) => join(own, requireVersionId(versionId)),
    removeOwn: (versionId) => rm(join(own, requireVersionId(versionId)), { recursive: true, force: true }),
    listOwn: async () => (await readdir(own)).filter((name) => parseIdKind(name) === 'modelVersion'),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(own)
      return bavail * bsize
    },
  }
}

function checkPath(path: string, where: string): void {
  if (path === '' || path.length > MAX_PATH_CHARACTERS)
    throw invalidInput(where, `must have 1 to ${MAX_PATH_CHARACTERS} characters.`)
  if (path.includes('\0')) throw invalidInput(where, 'has a character that no path can have.')
  if (path.split(/[/\\]/).includes('..')) throw outside(where)
}

async function findBelow(
  root: string,
  path: string,
  what: 'folder' | 'file',
  where: string,
): Promise<PlacedFolder | null> {
  // The root itself may be reached over links; what is below may not lead out of it.
  const realRoot = await realpath(root).catch(() => null)
  const real = await realpath(resolve(root, path)).catch(() => null)
  if (realRoot === null || real === null) return null
  if (!isInside(realRoot, real)) throw outside(where)
  const status = await stat(real)
  if (what === 'folder' ? !status.isDirectory() : !status.isFile()) throw invalidInput(where, `is no ${what}.`)
  return what === 'folder'
    ? { root, folder: relative(realRoot, real), file: null }
    : { root, folder: relative(realRoot, dirname(real)), file: basename(real) }
}

/** Only an id becomes part of a path. */
function requireVersionId(versionId: string): string {
  if (parseIdKind(versionId) !== 'modelVersion') throw notFound('model version', versionId)
  return versionId
}

const isInside = (root: string, path: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)

const outside = (where: string) =>
  invalidInput(where, 'must stay inside one of the folders in GRAPHLOOM_MODEL_FOLDERS.')
