import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { printTestCounts, readTestCounts, reportPath } from './test-report.js'

/**
 * Runs the tests and tells how many passed. `--check` runs the checks beside them, `--full` the long counts with a seed
 * that it prints; other arguments go to vitest. With CI=true a skipped test is a failure.
 */
const args = process.argv.slice(2)
const full = args.includes('--full')
const root = join(import.meta.dirname, '../../..')

const seed = process.env.GRAPHLOOM_TEST_SEED ?? (full ? String(Math.floor(Math.random() * 2 ** 31)) : undefined)
if (full) console.log(`Long counts; repeat this run with GRAPHLOOM_TEST_SEED=${seed}`)

/** Resolves with the exit code; the output comes whole, so that it does not stand between that of the tests. */
async function runChecks(): Promise<number> {
  const checks = spawn(process.execPath, [join(import.meta.dirname, 'check.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [exitCode]] = await Promise.all([
    checks.stdout.setEncoding('utf8').toArray(),
    once(checks, 'close') as Promise<[number | null]>,
  ])
  console.log(output.join(''))
  return exitCode ?? 1
}

rmSync(reportPath, { force: true })
const checked = args.includes('--check') ? runChecks() : Promise.resolve(0)
const vitest = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath}`,
    ...args.filter((argument) => argument !== '--full' && argument !== '--check'),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(full && { GRAPHLOOM_TEST_FULL: '1' }),
      ...(seed !== undefined && { GRAPHLOOM_TEST_SEED: seed }),
    },
  },
)
const [exitCode] = (await once(vitest, 'close')) as [number | null]
const checkExitCode = await checked

if (!existsSync(reportPath)) {
  console.log('The tests did not run to their end.')
  process.exit(1)
}
const counts = readTestCounts()
const skipsFail = process.env.CI === 'true' && counts.skipped > 0
for (const file of counts.brokenFiles) console.log(`Could not run: ${file}`)
if (counts.skipped > 0) console.log(`${counts.skipped} skipped${skipsFail ? ', which CI does not accept' : ''}`)
if (full) console.log(`Seed: GRAPHLOOM_TEST_SEED=${seed}`)
if (checkExitCode !== 0) console.log('The checks failed.')
console.log(printTestCounts(counts))
process.exitCode = exitCode !== 0 || checkExitCode !== 0 || counts.failed > 0 || skipsFail ? 1 : 0
