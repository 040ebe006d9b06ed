import { ApiClient, Refused, Unreachable } from './api-client.js'
import { listFiles } from './folder-files.js'
import { FolderIngestion, type IngestionReport } from './folder-ingestion.js'
import { parseIngestArguments, USAGE, UsageError, type IngestArguments } from './ingest-arguments.js'
import { CREATE_BASE, FIND_BASE } from './ingest-operations.js'
import { ProgressLine } from './progress-line.js'

/** Takes the documents of a folder into a knowledge base of a running server. */

const EXIT = { done: 0, failed: 1, impossible: 2, interrupted: 130 } as const

async function ingest(asked: IngestArguments, signal: AbortSignal): Promise<IngestionReport> {
  const { path, knowledgeBase, create } = asked
  const files = await listFiles(path, asked).catch((error: unknown) => {
    throw new UsageError(toReason(error, path))
  })
  const client = new ApiClient(asked)
  const base = await client.ask(FIND_BASE, { name: knowledgeBase }, signal)
  if (base === null && !create)
    throw new UsageError(`There is no knowledge base "${knowledgeBase}"; --create makes one.`)
  if (base === null) await client.ask(CREATE_BASE, { input: { name: knowledgeBase } }, signal)
  const line = new ProgressLine(process.stdout)
  const onProgress = line.show.bind(line)
  try {
    return await new FolderIngestion({ client, knowledgeBase, onProgress, signal }).run(files)
  } finally {
    line.end()
  }
}

function toReason(error: unknown, path: string): string {
  const { code, path: at = path, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `There is no file or folder "${at}".`
  return code === 'EACCES' || code === 'EPERM' ? `"${at}" may not be read by this user.` : message
}

function print({ total, unchanged, ingested, failures }: IngestionReport): void {
  process.stdout.write(`${total} files: ${ingested} taken in, ${unchanged} unchanged, ${failures.length} failed\n`)
  for (const { key, reason } of failures) process.stderr.write(`${key}: ${reason}\n`)
}

async function main(): Promise<number> {
  const stopping = new AbortController()
  const onSignal = (): void => {
    if (stopping.signal.aborted) process.exit(EXIT.interrupted)
    process.stderr.write('\nStopping; once more ends it at once.\n')
    stopping.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    const asked = parseIngestArguments(process.argv.slice(2), process.env)
    if (!asked) {
      process.stdout.write(USAGE)
      return EXIT.done
    }
    const report = await ingest(asked, stopping.signal)
    print(report)
    return report.failures.length === 0 ? EXIT.done : EXIT.failed
  } catch (error) {
    if (stopping.signal.aborted) {
      process.stderr.write('Interrupted: documents are in wholly or not at all. Run it again for the rest.\n')
      return EXIT.interrupted
    }
    if (!(error instanceof UsageError || error instanceof Refused || error instanceof Unreachable)) throw error
    process.stderr.write(`graphloom ingest: ${error.message}\n`)
    return EXIT.impossible
  }
}

process.exit(await main())
