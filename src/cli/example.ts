import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ApiClient, Refused, Unreachable } from './api-client.js'
import { listFiles } from './folder-files.js'
import { FolderIngestion } from './folder-ingestion.js'
import { CREATE_BASE } from './ingest-operations.js'
import { startLocalServer } from './local-server.js'
import { printAnswer } from './printed-answer.js'
import { ProgressLine } from './progress-line.js'

/** Shows what knowledge bases do, with what comes with the project alone: no network, no key, nothing kept. */

const root = fileURLToPath(new URL('../../../', import.meta.url))
const EXIT = { impossible: 2, interrupted: 130 } as const

interface ExampleBase {
  readonly knowledgeBase: string
  readonly what: string
  readonly folder: string
  readonly question: string
}

const BASES: readonly ExampleBase[] = [
  {
    knowledgeBase: 'guides',
    what: 'the guides of this project',
    folder: 'docs',
    question: 'What happens to a task when its worker is lost?',
  },
  {
    knowledgeBase: 'handbook',
    what: 'the handbook of an invented firm',
    folder: 'examples/collection/handbook',
    question: 'What may I spend on a night in a hotel in Oslo?',
  },
]

const NEXT = `
The answers quote the best sentences exactly: no language model wrote them. What to try next:

  npm start                                              a server that keeps what it is given, with a page at /
  npm run ingest -- PATH --knowledge-base NAME --create  your own documents (PDF, DOCX, HTML, Markdown, CSV, …)
  docs/knowledge-bases.md                                searching, filters, answers
  docs/measuring-retrieval.md                            how well it finds, by the handbook's 40 judged questions
`

const print = (text: string): boolean => process.stdout.write(text)

async function takeIn(client: ApiClient, { knowledgeBase, what, folder }: ExampleBase, signal: AbortSignal) {
  const files = await listFiles(join(root, folder), { include: ['**/*.md'], exclude: ['decisions'] })
  print(`\nTaking in ${what}: ${files.length} documents of ${folder}/\n`)
  await client.ask(CREATE_BASE, { input: { name: knowledgeBase } }, signal)
  const line = new ProgressLine(process.stdout)
  const onProgress = line.show.bind(line)
  await new FolderIngestion({ client, knowledgeBase, onProgress, signal }).run(files)
  line.end()
}

async function show(signal: AbortSignal): Promise<void> {
  print('Starting a server …\n')
  await using server = await startLocalServer()
  print(`It listens on ${server.url}; its data is in ${server.dataDirectory} until the end.\n`)
  const client = new ApiClient({ url: server.url, token: null })
  const shown = async (): Promise<void> => {
    for (const base of BASES) await takeIn(client, base, signal)
    for (const base of BASES) await printAnswer({ client, ...base, signal }, print)
  }
  signal.throwIfAborted()
  const interrupted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  await Promise.race([shown(), interrupted])
  print(NEXT)
}

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort())
try {
  await show(stopping.signal)
} catch (error) {
  if (stopping.signal.aborted) {
    print('\nInterrupted: the server has stopped, and its data is gone.\n')
    process.exit(EXIT.interrupted)
  }
  if (!(error instanceof Refused || error instanceof Unreachable)) throw error
  process.stderr.write(`graphloom example: ${error.message}\n`)
  process.exit(EXIT.impossible)
}
