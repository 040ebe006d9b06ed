import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DocumentVersionsDocument } from '../generated/graphql.js'
import { askAndWait, readAnswer, type WholeAnswer } from '../support/answers.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'

const [ANSWERS, CITATIONS, GUIDES] = isFullTest() ? [50, 1_000, 100] : [2, 5, 3]
const docs = join(import.meta.dirname, '../../../docs')

interface Guide {
  readonly key: string
  readonly text: string
}

/** Headings and beginnings of paragraphs, each a question that its guide says something to. */
const questionsOf = ({ text }: Guide): string[] =>
  Array.from(text.matchAll(/^(?:#+ (?:\d+\. )?|- )?(\p{Lu}[^\n.:|`]{15,90})/gmu), ([, beginning]) => beginning!)

test(`${CITATIONS} citations of ${ANSWERS} answers are slices of what is stored, also when that is superseded`, async () => {
  const guides = readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((key): Guide => ({ key, text: readFileSync(join(docs, key), 'utf8') }))
    .filter((guide) => questionsOf(guide).length > 0)
    .sort((a, b) => a.text.length - b.text.length)
    .slice(0, GUIDES)
  await using server = await TestServer.start({ GRAPHLOOM_RATE_LIMIT_PER_MINUTE: '1000000' })
  const client = new KnowledgeClient(server)
  await client.create({ name: 'guides' })
  await client.add('guides', guides)
  const answers: WholeAnswer[] = []
  let citations = 0
  for (const question of guides.flatMap(questionsOf)) {
    if (answers.length >= ANSWERS && citations >= CITATIONS) break
    const asked = { knowledgeBases: ['guides'], question, maxSentences: 20, minRelevance: 0.1, search: { first: 40 } }
    const { answer } = await askAndWait(server, asked)
    answers.push(answer)
    citations += answer.citations.length
  }
  expect(answers.length).toBeGreaterThanOrEqual(ANSWERS)
  expect(citations).toBeGreaterThanOrEqual(CITATIONS)

  const texts = new Map<string, string>()
  const readTexts = async (documentId: string): Promise<void> => {
    const { document } = await server.request(DocumentVersionsDocument, { id: documentId })
    for (const { id, text } of document!.versions.nodes) texts.set(id, text!)
  }
  const check = async (answer: WholeAnswer, superseded: (key: string) => boolean): Promise<void> => {
    for (const citation of answer.citations) {
      const { document, documentVersion, quote, start, end, answerStart, answerEnd } = citation
      if (!texts.has(documentVersion.id)) await readTexts(document.id)
      expect(texts.get(documentVersion.id)!.slice(start, end)).toBe(quote)
      expect(answer.text.slice(answerStart, answerEnd)).toBe(quote)
      expect(citation).toMatchObject({
        valid: true,
        superseded: superseded(document.key!),
        documentVersion: { number: 1 },
      })
    }
  }
  for (const answer of answers) await check(answer, () => false)

  const changed = new Set(guides.slice(0, Math.ceil(guides.length / 2)).map(({ key }) => key))
  await client.add(
    'guides',
    [...changed].map((key) => ({ key, text: 'Something else altogether.' })),
  )
  texts.clear()
  for (const { id } of answers) {
    const again = await readAnswer(server, id)
    await check(again, (key) => changed.has(key))
  }
})
