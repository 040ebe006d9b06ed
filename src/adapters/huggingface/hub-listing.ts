import { z } from 'zod'
import type { HubFile } from '../../domain/model.js'
import type { HubRevision } from '../../ports/model-hub.js'
import { chunksOf, requestHub, unavailable, type HubAddress } from './hub-request.js'

const MAX_PAGES = 20
const MAX_ANSWER_BYTES = 16 * 2 ** 20

const Revision = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  cardData: z.object({ license: z.union([z.string(), z.array(z.string())]).optional() }).nullish(),
})

const Entry = z.object({
  type: z.string(),
  path: z.string().min(1).max(1_024),
  oid: z.string(),
  size: z.int().min(0).optional(),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0) }).optional(),
})

/** What a repository has at the commit that a revision means. */
export async function listRevision(
  hub: HubAddress,
  {
    repository,
    revision,
    signal,
  }: { readonly repository: string; readonly revision: string; readonly signal: AbortSignal },
): Promise<HubRevision> {
  const what = `${repository} at ${revision}`
  const model = `/api/models/${repository}`
  const asked = await requestHub(hub, { path: `${model}/revision/${encodeURIComponent(revision)}`, what, signal })
  const { sha, cardData } = parse(Revision, await readJson(asked, signal))
  const files: HubFile[] = []
  let path: string | null = `${model}/tree/${sha}?recursive=true`
  for (let page = 0; path !== null; page++) {
    if (page === MAX_PAGES) throw unavailable(`The model hub lists too many files in ${what}.`)
    const response: Response = await requestHub(hub, { path, what, signal })
    for (const entry of parse(z.array(Entry), await readJson(response, signal))) files.push(...toFile(entry))
    path = nextPage(hub, response)
  }
  const license = [cardData?.license ?? []].flat()[0]
  return { repository, commit: sha, license: license ?? null, files }
}

function toFile({ type, path, oid, size, lfs }: z.infer<typeof Entry>): HubFile[] {
  if (type !== 'file') return []
  if (lfs) return [{ path, sizeBytes: lfs.size, checksum: { algorithm: 'sha256', hex: lfs.oid } }]
  return size === undefined || !/^[0-9a-f]{40}$/.test(oid)
    ? []
    : [{ path, sizeBytes: size, checksum: { algorithm: 'git-sha1', hex: oid } }]
}

/** The `Link` to the next page, as a path of the same hub. */
function nextPage(hub: HubAddress, response: Response): string | null {
  const [, link] = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '') ?? []
  const url = link === undefined ? null : URL.parse(link, hub.url)
  if (url === null || url.origin !== new URL(hub.url).origin) return null
  // The hub may lie below a path of its host.
  const base = new URL(hub.url).pathname.replace(/\/$/, '')
  return `${url.pathname}${url.search}`.slice(base.length)
}

async function readJson(response: Response, signal: AbortSignal): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of chunksOf(response)) {
      chunks.push(chunk)
      if ((bytes += chunk.byteLength) > MAX_ANSWER_BYTES) throw unavailable('The model hub’s list is too long.')
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw unavailable('The model hub’s answer cannot be read.', { cause: error })
  }
}

function parse<T>(type: z.ZodType<T>, value: unknown): T {
  const parsed = type.safeParse(value)
  if (parsed.success) return parsed.data
  throw unavailable('The model hub’s answer is none that is understood.', { cause: parsed.error })
}
