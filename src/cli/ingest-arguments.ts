import { parseArgs } from 'node:util'

export interface IngestArguments {
  readonly path: string
  readonly knowledgeBase: string
  /** Address of the server, without a path. */
  readonly url: string
  readonly token: string | null
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly create: boolean
}

/** What was asked cannot be done as it was asked. */
export class UsageError extends Error {}

const DEFAULT_URL = 'http://127.0.0.1:4000'

export const USAGE = `npm run ingest -- PATH --knowledge-base NAME [options]

Takes the documents of a folder, or a file, into a knowledge base. What is there already unchanged is passed over, so
that it can be run again at any time.

  --url URL            the server; ${DEFAULT_URL} when left out
  --token TOKEN        a bearer token; also from GRAPHLOOM_TOKEN
  --include PATTERN    files to take, as '**/*.md', by their path below PATH; can be given several times
  --exclude PATTERN    files and folders to pass over, likewise
  --create             makes the knowledge base when there is none
  --help               shows this

It ends with 0 when all is in, 1 when documents failed, 2 when it could not be done, 130 when it was interrupted.
`

/** Null when help is asked for. @throws UsageError. */
export function parseIngestArguments(
  given: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): IngestArguments | null {
  const { values, positionals } = parse(given)
  if (values.help === true) return null
  const [path, ...others] = positionals
  if (path === undefined || others.length > 0) throw new UsageError('Give one PATH: a folder or a file.')
  const knowledgeBase = values['knowledge-base']
  if (knowledgeBase === undefined) throw new UsageError('Give the name of a knowledge base: --knowledge-base NAME.')
  const url = URL.parse(values.url ?? DEFAULT_URL)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError(`--url must be an http or https URL, as ${DEFAULT_URL}.`)
  return {
    path,
    knowledgeBase,
    url: url.href.replace(/(?:\/graphql)?\/?$/, ''),
    token: values.token ?? environment['GRAPHLOOM_TOKEN'] ?? null,
    include: values.include ?? [],
    exclude: values.exclude ?? [],
    create: values.create ?? false,
  }
}

function parse(given: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        'knowledge-base': text,
        url: text,
        token: text,
        include: { ...text, multiple: true },
        exclude: { ...text, multiple: true },
        create: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
