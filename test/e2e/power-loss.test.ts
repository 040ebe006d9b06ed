import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DiskModel, type Inode, type Loss } from '../support/disk-model.js'
import { createRandom } from '../support/random.js'
import { type Acknowledgement, findProblems } from '../support/state-load.js'
import { hasStrace, readTrace, straceArguments, toBytes, type TracedCall } from '../support/strace.js'
import { createTemporaryFolder } from '../support/temporary.js'

const FULL = process.env.GRAPHLOOM_TEST_FULL === '1'
const JOBS = FULL ? 150 : 60
/** Syncs of which images are made; all of them in the long run. */
const EVERY_SYNC = FULL ? 1 : 8
const SEED = Number(process.env.GRAPHLOOM_TEST_SEED ?? 20_260_101)

const LOAD = fileURLToPath(new URL('../fixtures/state-load.js', import.meta.url))

const available = hasStrace()
if (!available && process.env.CI) throw new Error('strace is not installed, and this test is not to be skipped here.')
if (!available) console.warn('SKIPPED: the power-loss test needs strace, which is not installed.')

/** Follows the calls of a program into the model of its disk. */
class TracedDisk {
  readonly model = new DiskModel()
  readonly acknowledged: Acknowledgement[] = []
  readonly #folder: string
  readonly #open = new Map<number, { inode: Inode; position: number }>()
  #time = 0
  #line = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  /** True when it was a sync of something in the folder. */
  follow(call: TracedCall): boolean {
    this.#time = call.returnedAt
    const [first = '', second = '', third = '', fourth = ''] = call.arguments
    const file = this.#open.get(Number(first))
    switch (call.name) {
      case 'openat':
        this.#openFile(second, third, call.result)
        return false
      case 'close':
        this.#open.delete(Number(first))
        return false
      case 'write':
        if (first === '1') this.#readAcknowledgements(toBytes(second))
        if (!file) return false
        this.#write(file.inode, file.position, toBytes(second).subarray(0, call.result))
        file.position += call.result
        return false
      case 'pwrite64':
        if (file) this.#write(file.inode, Number(fourth), toBytes(second).subarray(0, call.result))
        return false
      case 'ftruncate':
        if (file) this.model.change(file.inode, { truncateTo: Number(second) }, this.#time)
        return false
      case 'fsync':
      case 'fdatasync':
        if (file) this.model.sync(file.inode, call.enteredAt)
        return file !== undefined
      default:
        this.#followName(call)
        return false
    }
  }

  #followName(call: TracedCall): void {
    const paths = call.arguments
      .filter((argument) => argument.startsWith('"'))
      .map((argument) => this.#inside(argument))
    const [path, target] = paths
    if (!path && !target) {
      if (call.arguments.some((argument) => this.#open.has(Number(argument)))) this.#refuse(call)
      return
    }
    if (call.name === 'mkdir' || call.name === 'mkdirat') this.model.createFolder(path ?? [], this.#time)
    else if (call.name.startsWith('unlink') || call.name === 'rmdir') this.model.remove(path ?? [], this.#time)
    else if (call.name.startsWith('rename') && path && target) this.model.rename(path, target, this.#time)
    else this.#refuse(call)
  }

  #refuse(call: TracedCall): never {
    throw new Error(`The model does not know ${call.name} of ${call.arguments.join(', ').slice(0, 200)}.`)
  }

  #openFile(name: string, flags: string, descriptor: number): void {
    const path = this.#inside(name)
    if (!path) return
    const inode = flags.includes('O_CREAT') ? this.model.createFile(path, this.#time) : this.model.find(path)
    if (!inode) return
    if (flags.includes('O_TRUNC')) this.model.change(inode, { truncateTo: 0 }, this.#time)
    this.#open.set(descriptor, { inode, position: 0 })
  }

  #write(inode: Inode, at: number, bytes: Buffer): void {
    this.model.change(inode, { at, bytes }, this.#time)
  }

  /** The path below the folder, or null for one elsewhere. Memory that processes share is not on the disk. */
  #inside(argument: string): string[] | null {
    const path = relative(this.#folder, toBytes(argument).toString())
    if (path.startsWith('..') || path.endsWith('-shm')) return null
    return path === '' ? [] : path.split('/')
  }

  #readAcknowledgements(bytes: Buffer): void {
    const lines = (this.#line + bytes.toString()).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) this.acknowledged.push(JSON.parse(line) as Acknowledgement)
  }
}

test.skipIf(!available)(
  'after a power loss at any sync, everything that was acknowledged is there',
  async () => {
    await using folder = await createTemporaryFolder('power-loss')
    const state = join(folder.path, 'state')
    const trace = join(folder.path, 'trace')
    spawnSync('mkdir', [state])
    const load = spawnSync('strace', [...straceArguments(trace), process.execPath, LOAD, state, String(JOBS), '6'], {
      env: { ...process.env, UV_USE_IO_URING: '0' },
      encoding: 'utf8',
      maxBuffer: 64 * 1_048_576,
    })
    expect(load.stderr).toBe('')
    expect(load.status).toBe(0)

    const random = createRandom(SEED)
    const disk = new TracedDisk(state)
    const problems: string[] = []
    let syncs = 0
    let images = 0
    const check = async (loss: Loss): Promise<void> => {
      const image = join(folder.path, `image${++images}`)
      disk.model.writeImage(image, loss)
      const found = await findProblems(image, disk.acknowledged).catch((error: unknown) => [String(error)])
      for (const problem of found) problems.push(`sync ${syncs}, seed ${SEED}: ${problem}`)
      spawnSync('rm', ['-r', image])
    }
    for await (const call of readTrace(trace)) {
      // Before the next sync is done: all acknowledgements so far rest on the syncs before it.
      const isSync = call.name === 'fsync' || call.name === 'fdatasync'
      if (isSync && syncs > 0 && syncs % EVERY_SYNC === 0 && disk.acknowledged.length > 0) {
        await check('all')
        await check(random)
      }
      if (disk.follow(call)) syncs++
    }
    await check('all')
    expect(problems.slice(0, 10)).toEqual([])
    expect(load.stdout.trim().split('\n')).toHaveLength(disk.acknowledged.length)
    expect(syncs).toBeGreaterThan(20)
    console.info(
      `power loss: ${syncs} syncs, ${images} images, ${disk.acknowledged.length} acknowledgements, seed ${SEED}`,
    )
  },
  600_000,
)
