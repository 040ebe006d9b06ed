import { realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { wrongFile } from './weights.js'

/** Where a model's files lie, and the folder that none may lie outside of, both absolute. */
export interface FilePlaces {
  readonly folder: string
  /** Without links. */
  readonly root: string
}

/**
 * Size of a model's file; null when there is none.
 * @throws GraphloomError `INVALID_INPUT` when it is no file (a pipe would hold its reader forever), or a link leads it
 * out of where it may be.
 */
export async function findPlainFile({ folder, root }: FilePlaces, file: string): Promise<number | null> {
  const path = join(folder, file)
  const real = await realpath(path).catch(() => null)
  if (real === null) return null
  if (!isInside(root, real)) throw wrongFile(file, 'leads out of the folder that models may be in')
  const status = await stat(real)
  if (!status.isFile()) throw wrongFile(file, 'is no file')
  return status.size
}

export const isInside = (root: string, path: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)
