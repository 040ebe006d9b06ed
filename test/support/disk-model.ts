import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SECTOR_BYTES = 512

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly truncateTo: number }

interface File {
  readonly kind: 'file'
  /** What is on the disk for sure. */
  durable: Buffer
  /** What was changed since, which may be there or not, wholly or in part. */
  pending: { readonly change: Change; readonly time: number }[]
}

interface Folder {
  readonly kind: 'folder'
  readonly entries: Map<string, Inode>
  durable: Map<string, Inode>
  pending: { readonly name: string; readonly inode: Inode | null; readonly time: number }[]
}

export type Inode = File | Folder

/** What becomes of changes that were not synced: none is there, or some by chance. */
export type Loss = 'all' | (() => number)

const newFile = (): File => ({ kind: 'file', durable: Buffer.alloc(0), pending: [] })
const newFolder = (): Folder => ({ kind: 'folder', entries: new Map(), durable: new Map(), pending: [] })

/**
 * A folder on a disk that promises nothing but what was synced: the content of a file by a sync of the file, a name by
 * a sync of its folder. Times say what a sync covers: changes that were finished before it began.
 */
export class DiskModel {
  readonly #root = newFolder()

  find(path: readonly string[]): Inode | null {
    let inode: Inode | null = this.#root
    for (const name of path) inode = inode?.kind === 'folder' ? (inode.entries.get(name) ?? null) : null
    return inode
  }

  createFile(path: readonly string[], time: number): Inode {
    const found = this.find(path)
    if (found) return found
    const file = newFile()
    this.#link(path, file, time)
    return file
  }

  createFolder(path: readonly string[], time: number): void {
    if (!this.find(path)) this.#link(path, newFolder(), time)
  }

  rename(from: readonly string[], to: readonly string[], time: number): void {
    const inode = this.find(from)
    if (!inode) throw new Error(`A file that is not there was renamed: ${from.join('/')}`)
    this.#link(to, inode, time)
    this.#link(from, null, time)
  }

  remove(path: readonly string[], time: number): void {
    this.#link(path, null, time)
  }

  change(inode: Inode, change: Change, time: number): void {
    if (inode.kind === 'file') inode.pending.push({ change, time })
  }

  sync(inode: Inode, beganAt: number): void {
    if (inode.kind === 'file') {
      for (const { change, time } of inode.pending) if (time < beganAt) inode.durable = apply(inode.durable, change)
      inode.pending = inode.pending.filter(({ time }) => time >= beganAt)
    } else {
      for (const { name, inode: entry, time } of inode.pending) if (time < beganAt) setEntry(inode.durable, name, entry)
      inode.pending = inode.pending.filter(({ time }) => time >= beganAt)
    }
  }

  /** Writes what a power loss now would leave. */
  writeImage(target: string, loss: Loss): void {
    writeInode(target, this.#root, loss)
  }

  #link(path: readonly string[], inode: Inode | null, time: number): void {
    const folder = this.find(path.slice(0, -1))
    const name = path.at(-1)
    if (folder?.kind !== 'folder' || name === undefined) throw new Error(`There is no folder for ${path.join('/')}`)
    setEntry(folder.entries, name, inode)
    folder.pending.push({ name, inode, time })
  }
}

function setEntry(entries: Map<string, Inode>, name: string, inode: Inode | null): void {
  if (inode) entries.set(name, inode)
  else entries.delete(name)
}

function writeInode(target: string, inode: Inode, loss: Loss): void {
  if (inode.kind === 'file') {
    writeFileSync(target, loss === 'all' ? inode.durable : withSomePending(inode, loss))
    return
  }
  mkdirSync(target, { recursive: true })
  const entries = new Map(inode.durable)
  // Names change in order: a beginning of the changes is there.
  const kept = loss === 'all' ? 0 : Math.floor(loss() * (inode.pending.length + 1))
  for (const { name, inode: entry } of inode.pending.slice(0, kept)) setEntry(entries, name, entry)
  for (const [name, entry] of entries) writeInode(join(target, name), entry, loss)
}

/** Each change is lost, there, or there in some of its sectors. */
function withSomePending(file: File, random: () => number): Buffer {
  let content = file.durable
  for (const { change } of file.pending) {
    const fate = random()
    if (fate < 0.35) continue
    if (fate < 0.7 || 'truncateTo' in change) {
      content = apply(content, change)
      continue
    }
    for (let at = 0; at < change.bytes.length; at += SECTOR_BYTES)
      if (random() < 0.5)
        content = apply(content, { at: change.at + at, bytes: change.bytes.subarray(at, at + SECTOR_BYTES) })
  }
  return content
}

function apply(content: Buffer, change: Change): Buffer {
  if ('truncateTo' in change) {
    const cut = Buffer.alloc(change.truncateTo)
    content.copy(cut, 0, 0, Math.min(content.length, change.truncateTo))
    return cut
  }
  const end = change.at + change.bytes.length
  const next = Buffer.alloc(Math.max(content.length, end))
  content.copy(next)
  change.bytes.copy(next, change.at)
  return next
}
