import type { AnswerHit } from '../../../domain/answer.js'
import type { DocumentText } from '../../../domain/document-text.js'
import { activeOf, parseChunkId, type DocumentVersion, type KnowledgeBaseDocument } from '../../../domain/knowledge.js'
import type { TextIndex } from '../../../ports/text-index.js'
import type { Payloads } from '../../payloads.js'
import type { TextRange } from '../chunking/cuts.js'
import type { DocumentRecords } from '../document-records.js'
import type { KnowledgeBaseStore } from '../knowledge-base-store.js'
import { findSentencesOf } from './sentence-ranges.js'
import type { ReadText, TextKind, TextReader } from './text-reader.js'

export interface PassagesOptions {
  readonly bases: Pick<KnowledgeBaseStore, 'getMany'>
  readonly records: Pick<DocumentRecords, 'getVersions'>
  readonly payloads: Payloads
  readonly textIndex: Pick<TextIndex, 'findTerms'>
}

/** A sentence of a document, as a range of its version's text. */
export interface PassageSentence extends TextRange, ReadText {}

/** A chunk that was found, read sentence by sentence. */
export interface Passage extends TextKind {
  readonly hit: AnswerHit
  readonly title: string | null
  readonly text: string
  readonly sentences: readonly PassageSentence[]
  /** Stems of title and headings. */
  readonly context: ReadonlySet<string>
}

/** More of a chunk is not looked at one by one. */
const MAX_SENTENCES_OF_PASSAGE = 64

interface Place {
  readonly hit: AnswerHit
  readonly kind: TextKind
  readonly version: DocumentVersion
  readonly content: DocumentText
}

/** What was found, in the order of the hits; without what has been deleted since. */
export async function readPassages(
  options: PassagesOptions,
  {
    tenantId,
    hits,
    reader,
  }: { readonly tenantId: string; readonly hits: readonly AnswerHit[]; readonly reader: TextReader },
): Promise<Passage[]> {
  const places = await readPlaces(options, tenantId, hits)
  const passages: Passage[] = []
  for (const ofKind of Map.groupBy(places, ({ kind }) => JSON.stringify(kind)).values())
    passages.push(...(await readOfKind(options, ofKind, reader)))
  return passages.sort((a, b) => a.hit.rank - b.hit.rank)
}

async function readPlaces(
  { bases, records, payloads }: PassagesOptions,
  tenantId: string,
  hits: readonly AnswerHit[],
): Promise<Place[]> {
  const scope = { tenantId }
  const baseIds = [...new Set(hits.map(({ knowledgeBaseId }) => knowledgeBaseId))]
  const versionIds = [...new Set(hits.map(({ versionId }) => versionId))]
  const baseOf = new Map((await bases.getMany(scope, baseIds)).map((base, i) => [baseIds[i]!, base]))
  const versionOf = new Map<string, Pick<Place, 'version' | 'content'>>()
  for (const version of await records.getVersions(scope, versionIds))
    if (version?.content) versionOf.set(version.id, { version, content: await payloads.get(version.content) })
  return hits.flatMap((hit) => {
    const base = baseOf.get(hit.knowledgeBaseId)
    const read = versionOf.get(hit.versionId)
    return base && read ? [{ hit, kind: kindOf(base, hit), ...read }] : []
  })
}

/** By the model of the generation that was searched, as long as that is there. */
function kindOf(base: KnowledgeBaseDocument, { chunkId }: AnswerHit): TextKind {
  const { generation } = parseChunkId(chunkId)
  const searched = base.generations.find(({ number }) => number === generation) ?? activeOf(base)
  return { language: base.language, embeddingModelVersionId: searched.embeddingModelVersionId }
}

async function readOfKind(
  { textIndex }: Pick<PassagesOptions, 'textIndex'>,
  places: readonly Place[],
  reader: TextReader,
): Promise<Passage[]> {
  const { kind } = places[0]!
  const ranges = places.map(({ content, hit }) => findSentencesOf(content, hit).slice(0, MAX_SENTENCES_OF_PASSAGE))
  const texts = places.flatMap(({ content }, i) => ranges[i]!.map(({ start, end }) => content.text.slice(start, end)))
  const heads = places.map(({ version, hit }) => [version.title ?? '', ...hit.headings].join('\n'))
  const [read, headTerms] = await Promise.all([reader.read(texts, kind), textIndex.findTerms(kind.language, heads)])
  let next = 0
  return places.map(({ hit, version, content }, i) => ({
    ...kind,
    hit,
    title: version.title,
    text: content.text.slice(hit.start, hit.end),
    sentences: ranges[i]!.map((range) => ({ ...range, ...read[next++]! })),
    context: new Set(headTerms[i]!.map(({ term }) => term)),
  }))
}
