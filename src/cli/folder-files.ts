import { lstat, readdir } from 'node:fs/promises'
import { basename, extname, join, matchesGlob } from 'node:path'

/** A file below a folder. */
export interface FolderFile {
  readonly path: string
  /** Its path below the folder, with slashes. */
  readonly key: string
  readonly sizeBytes: number
}

export interface FileSelection {
  /** Patterns of keys, as `**\/*.md`; without any, files whose endings say that they are documents. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

export const DOCUMENT_ENDINGS: readonly string[] = [
  '.csv',
  '.docx',
  '.htm',
  '.html',
  '.jsonl',
  '.log',
  '.markdown',
  '.md',
  '.ndjson',
  '.pdf',
  '.text',
  '.tsv',
  '.txt',
  '.xhtml',
]

/**
 * The files of a folder, in the order of their names, or the one file that the path is. What begins with a dot is
 * passed over, and so are links, which may lead anywhere.
 */
export async function listFiles(path: string, selection: FileSelection): Promise<FolderFile[]> {
  const found = await lstat(path)
  if (found.isFile()) return [{ path, key: basename(path), sizeBytes: found.size }]
  return listFolder(path, '', selection)
}

async function listFolder(root: string, below: string, selection: FileSelection): Promise<FolderFile[]> {
  const files: FolderFile[] = []
  const entries = await readdir(join(root, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const key = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.name.startsWith('.') || isExcluded(key, selection)) continue
    if (entry.isDirectory()) files.push(...(await listFolder(root, key, selection)))
    else if (entry.isFile() && isIncluded(key, selection)) {
      const path = join(root, key)
      files.push({ path, key, sizeBytes: (await lstat(path)).size })
    }
  }
  return files
}

const isExcluded = (key: string, { exclude }: FileSelection): boolean =>
  exclude.some((pattern) => matchesGlob(key, pattern))

const isIncluded = (key: string, { include }: FileSelection): boolean =>
  include.length === 0
    ? DOCUMENT_ENDINGS.includes(extname(key).toLowerCase())
    : include.some((pattern) => matchesGlob(key, pattern))
