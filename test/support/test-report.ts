import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the last run of the tests is told. */
export const reportPath = join(import.meta.dirname, '../../../.cache/test-report.json')

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Files that could not be loaded or run to their end. */
  readonly brokenFiles: readonly string[]
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

export function readTestCounts(): TestCounts {
  const report = JSON.parse(readFileSync(reportPath, 'utf8')) as VitestReport
  const brokenFiles = report.testResults
    .filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
    .map((file) => file.name)
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
    brokenFiles,
  }
}

export const printTestCounts = ({ passed, failed }: TestCounts): string => `${passed} passed, ${failed} failed`

if (process.argv[1] === import.meta.filename) console.log(printTestCounts(readTestCounts()))
