import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

export interface HubRepository {
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly license?: string
  /** Files that lie where large ones do, on another host, by the ends of their names. */
  readonly large?: readonly string[]
}

/** How the hub behaves until it is told otherwise. */
export interface HubBehaviour {
  /** Connections that give content end after so many bytes of it; null for none. */
  cutAfterBytes: number | null
  /** Whether parts of files are given. */
  ranges: boolean
  /** Stops in the middle of each large file until it resolves. */
  hold: Promise<void> | null
  /** Content that is given instead of a file's. */
  readonly replaced: Map<string, Uint8Array>
  /** Only with this token. */
  token: string | null
  /** Every request is answered so. */
  status: number | null
  pageSize: number
}

/** What was asked for content, in order. */
export interface HubAccess {
  readonly file: string
  readonly range: string | null
  readonly authorization: string | null
}

const COMMIT = 'c0ffee'.padEnd(40, '0')

/** A hub of models on this machine, with a second host for large files, as the real one has. */
export class TestHub implements AsyncDisposable {
  readonly behaviour: HubBehaviour = {
    cutAfterBytes: null,
    ranges: true,
    hold: null,
    replaced: new Map(),
    token: null,
    status: null,
    pageSize: 1_000,
  }
  readonly repositories = new Map<string, HubRepository>()
  readonly downloads: HubAccess[] = []
  /** Bytes of content that went out. */
  sentBytes = 0
  commit = COMMIT
  readonly #hub: Server
  readonly #large: Server
  url = ''
  #largeUrl = ''

  private constructor() {
    this.#hub = createServer((request, response) => void this.#answer(request, response))
    this.#large = createServer((request, response) => {
      const [, , repository = '', file = ''] = /^\/(lfs)\/([^?]+)\?file=(.+)$/.exec(request.url ?? '') ?? []
      void this.#send(request, response, decodeURIComponent(repository), decodeURIComponent(file))
    })
  }

  static async start(): Promise<TestHub> {
    const hub = new TestHub()
    hub.url = await listen(hub.#hub)
    hub.#largeUrl = await listen(hub.#large)
    return hub
  }

  /** Ends all connections, as a lost network does. */
  cut(): void {
    this.#hub.closeAllConnections()
    this.#large.closeAllConnections()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#hub, this.#large]) {
      server.close()
      server.closeAllConnections()
    }
    await Promise.resolve()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url)
    const { status, token } = this.behaviour
    if (status !== null) return reply(response, status, { error: 'not now' })
    if (token !== null && request.headers.authorization !== `Bearer ${token}`) return reply(response, 401, {})
    const [, repository = '', rest = ''] = /^\/(?:api\/models\/)?([^/]+\/[^/]+)\/(.+)$/.exec(url.pathname) ?? []
    const found = this.repositories.get(repository)
    if (!found) return reply(response, 401, { error: 'Repository not found' })
    const [kind = '', revision = '', ...path] = rest.split('/').map(decodeURIComponent)
    if (revision !== 'main' && revision !== this.commit) return reply(response, 404, { error: 'Revision Not Found' })
    if (kind === 'revision') return reply(response, 200, { sha: this.commit, cardData: { license: found.license } })
    if (kind === 'tree') return this.#list(url, response, found)
    const file = path.join('/')
    if (!isLarge(found, file)) return this.#send(request, response, repository, file)
    const location = `${this.#largeUrl}/lfs/${encodeURIComponent(repository)}?file=${encodeURIComponent(file)}`
    response.writeHead(302, { location, 'x-repo-commit': this.commit }).end()
  }

  #list(url: URL, response: ServerResponse, repository: HubRepository): void {
    const start = Number(url.searchParams.get('cursor') ?? 0)
    const all = Object.entries(repository.files)
    const page = all.slice(start, start + this.behaviour.pageSize)
    const next = start + this.behaviour.pageSize
    if (next < all.length) {
      url.searchParams.set('cursor', String(next))
      response.setHeader('link', `<${url.href}>; rel="next"`)
    }
    const entries = page.map(([path, content]) => {
      const git = createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex')
      const sha256 = createHash('sha256').update(content).digest('hex')
      const lfs = { oid: sha256, size: content.byteLength, pointerSize: 135 }
      return { type: 'file', oid: git, size: content.byteLength, path, ...(isLarge(repository, path) && { lfs }) }
    })
    reply(response, 200, [{ type: 'directory', oid: '0'.repeat(40), size: 0, path: 'onnx' }, ...entries])
  }

  async #send(request: IncomingMessage, response: ServerResponse, repository: string, file: string): Promise<void> {
    const { replaced, ranges, cutAfterBytes } = this.behaviour
    const found = this.repositories.get(repository)
    const hold = found && isLarge(found, file) ? this.behaviour.hold : null
    const content = replaced.get(file) ?? found?.files[file]
    if (!content) return reply(response, 404, { error: 'Entry not found' })
    const { range = null, authorization = null } = request.headers
    this.downloads.push({ file, range, authorization })
    const start = ranges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0
    if (start > 0)
      response.writeHead(206, { 'content-range': `bytes ${start}-${content.byteLength - 1}/${content.byteLength}` })
    const rest = content.subarray(start)
    const until = cutAfterBytes === null ? rest.byteLength : Math.min(cutAfterBytes, rest.byteLength)
    if (start === 0) response.writeHead(200, { 'content-length': content.byteLength })
    const half = hold ? Math.floor(until / 2) : 0
    if (hold) {
      await write(response, rest.subarray(0, half))
      this.sentBytes += half
      await Promise.race([hold, once(response, 'close')])
    }
    await write(response, rest.subarray(half, until))
    this.sentBytes += until - half
    if (until < rest.byteLength) response.destroy()
    else response.end()
  }
}

const isLarge = ({ large = [] }: HubRepository, file: string): boolean => large.some((end) => file.endsWith(end))

const write = (response: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) resolve()
    else response.write(bytes, () => resolve())
  })

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('There is no port.')
  return `http://127.0.0.1:${address.port}`
}

/** All files below a folder, by their paths. */
export async function readFiles(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files[relative(folder, path)] = await readFile(path)
  }
  return files
}
