import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const SOURCES = ['src', 'resolvers', 'schema', 'test', 'bench']

interface Outcome {
  readonly exitCode: number
  readonly output: string
}

interface Check {
  readonly name: string
  readonly command: readonly string[]
  /** What is wrong although the program was content, or null. */
  readonly review?: (output: string) => string | null
}

/** The linter of imports says nothing when it cannot read a file: it must have seen every source. */
function reviewModules(output: string): string | null {
  if (!output.startsWith('{')) return output
  const { modules, summary } = JSON.parse(output) as {
    modules: { source: string }[]
    summary: { violations: { rule: { name: string }; from: string; to: string; cycle?: { name: string }[] }[] }
  }
  const seen = new Set(modules.map(({ source }) => source))
  const missed = listSources().filter((source) => !seen.has(source))
  const problems = summary.violations.map(
    ({ rule, from, to, cycle }) => `${rule.name}: ${from} → ${cycle?.map(({ name }) => name).join(' → ') ?? to}`,
  )
  if (missed.length > 0) problems.push(`${missed.length} files were not seen, e.g. ${missed[0]}`)
  return problems.length > 0 ? problems.join('\n') : null
}

const listSources = (): string[] =>
  SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  )

const CHECKS: readonly Check[] = [
  { name: 'format (prettier)', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint (eslint)', command: ['eslint', '--max-warnings', '0', '.'] },
  {
    name: 'imports (dependency-cruiser)',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...SOURCES],
    review: reviewModules,
  },
  { name: 'unused (knip)', command: ['knip', '--no-progress'] },
]

const run = ([program = '', ...args]: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const bin = join(root, 'node_modules/.bin')
    // The programs find Node by PATH; it has to be the project's.
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }
    const child = execFile(
      join(bin, program),
      args,
      { cwd: root, env, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        resolve({ exitCode: error ? (child.exitCode ?? 1) : 0, output: stdout + stderr })
      },
    )
  })

async function check({ name, command, review }: Check): Promise<boolean> {
  const startedAt = performance.now()
  const { exitCode, output } = await run(command)
  const problem = exitCode === 0 || review ? (review?.(output) ?? null) : output.trim()
  const passed = exitCode === 0 && problem === null
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  if (!passed) console.log(`\n${problem ?? output.trim()}\n`)
  return passed
}

const outcomes = await Promise.all(CHECKS.map(check))
process.exitCode = outcomes.every(Boolean) ? 0 : 1
