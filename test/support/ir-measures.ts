import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Judgement } from '../../src/services/knowledge/evaluation/judgement-forms.js'
import { createTemporaryFolder } from './temporary.js'

const run = promisify(execFile)
const RELEASE = '0.4.3'

/**
 * Folder of ir-measures, the reference implementation of retrieval metrics, installed when it is not there yet; null,
 * said loudly, when it cannot be had: npm and Debian are all that CI needs.
 */
export async function requireIrMeasures(): Promise<string | null> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'graphloom-ir-measures')
  const folder = join(cache, RELEASE)
  if (existsSync(folder)) return folder
  try {
    await mkdir(cache, { recursive: true })
    const aside = await mkdtemp(join(cache, 'aside-'))
    const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--target', aside]
    await run('python3', ['-m', 'pip', 'install', ...options, `ir-measures==${RELEASE}`])
    // Whole or not at all, also when two install it at once.
    await rename(aside, folder).catch(() => rm(aside, { recursive: true }))
    return folder
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    console.warn(`\n*** SKIPPED: metrics are not compared with ir-measures, which cannot be had ***\n${reason}\n`)
    return null
  }
}

/** Means as ir-measures has them, by their names there, e.g. `nDCG@10`. */
export async function measureRun(
  folder: string,
  { judgements, runFile, measures }: MeasuredRun,
): Promise<Readonly<Record<string, number>>> {
  await using files = await createTemporaryFolder('ir-measures')
  const qrels = join(files.path, 'qrels')
  const found = join(files.path, 'run')
  await writeFile(qrels, judgements.map(({ query, document, grade }) => `${query} 0 ${document} ${grade}\n`).join(''))
  await writeFile(found, runFile)
  const words = ['-m', 'ir_measures', qrels, found, measures.join(' '), '--places', '8']
  const { stdout } = await run('python3', words, { env: { ...process.env, PYTHONPATH: folder } })
  const rows = stdout.trim().split('\n')
  return Object.fromEntries(rows.map((row) => row.split('\t')).map(([name, value]) => [name, Number(value)]))
}

export interface MeasuredRun {
  readonly judgements: readonly Judgement[]
  /** In TREC form. */
  readonly runFile: string
  readonly measures: readonly string[]
}
