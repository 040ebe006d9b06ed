import { cp, link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bundledModel } from './models.js'

/** A folder of models that may be registered: copies of bundled ones, each with files of its own. */
export class ModelFolder {
  constructor(readonly path: string) {}

  /** Copies a bundled model, without links out of the folder. */
  async copy(bundled: string, name: string): Promise<string> {
    const target = join(this.path, name)
    await cp(bundledModel(bundled).path, target, { recursive: true })
    return target
  }

  /**
   * Another model like one that is here, with files replaced, or left out where null is given. What is the same shares
   * its place on disk.
   */
  async vary(
    original: string,
    name: string,
    changes: Readonly<Record<string, string | Uint8Array | null>>,
  ): Promise<string> {
    const target = join(this.path, name)
    const files = await readdir(join(this.path, original), { recursive: true, withFileTypes: true })
    await mkdir(target)
    for (const file of files) {
      if (!file.isFile()) continue
      const path = join(file.parentPath, file.name)
      const below = path.slice(join(this.path, original).length + 1)
      if (below in changes) continue
      await mkdir(dirname(join(target, below)), { recursive: true })
      await link(path, join(target, below))
    }
    for (const [file, content] of Object.entries(changes)) {
      if (content === null) continue
      await mkdir(dirname(join(target, file)), { recursive: true })
      await rm(join(target, file), { force: true })
      await writeFile(join(target, file), content)
    }
    return target
  }
}
