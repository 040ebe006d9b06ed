import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTemporaryFolder } from './temporary.js'

const BYTES = 64 * 1_048_576
/** Of `e2fsck`: the file system is sound, or was repaired. */
const REPAIRED = 1

const run = (command: string, ...args: readonly string[]): void => void execFileSync(command, args, { stdio: 'pipe' })

/** A file system of its own, in a file. */
export class LoopDisk implements AsyncDisposable {
  #isMounted = false

  private constructor(
    readonly path: string,
    readonly image: string,
    readonly folder: AsyncDisposable,
  ) {}

  static async create(): Promise<LoopDisk> {
    const folder = await createTemporaryFolder('disk')
    const [path, image] = [join(folder.path, 'mount'), join(folder.path, 'image')]
    await mkdir(path)
    await writeFile(image, '')
    await truncate(image, BYTES)
    run('mkfs.ext4', '-q', image)
    const disk = new LoopDisk(path, image, folder)
    disk.mount()
    return disk
  }

  mount(...options: readonly string[]): void {
    run('mount', '-o', ['loop', ...options].join(), this.image, this.path)
    this.#isMounted = true
  }

  /** What the kernel does after an error of the disk: writes fail, also those to files that are open. */
  fail(): void {
    run('mount', '-o', 'remount,abort', this.path)
  }

  unmount(): void {
    run('umount', this.path)
    this.#isMounted = false
  }

  /** What an operator does after it, with nothing mounted. */
  repair(): void {
    const { status, stdout } = spawnSync('e2fsck', ['-fp', this.image])
    if (status === null || status > REPAIRED) throw new Error(`Not repaired: ${stdout.toString()}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isMounted) this.unmount()
    await this.folder[Symbol.asyncDispose]()
  }
}

/** Whether a file system can be mounted here; a container may not let it, so that no test file may be alone with it. */
export async function canMount(): Promise<boolean> {
  try {
    await using _disk = await LoopDisk.create()
    return true
  } catch (error) {
    console.warn(`The test of a read-only disk is left out: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}
