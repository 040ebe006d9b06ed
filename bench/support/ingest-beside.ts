import { readAbstracts } from './cisi.js'
import { askGraph } from './post.js'
import { ADD_DOCUMENTS, CREATE_BASE } from './search-base.js'

const BASE = 'taken-in-beside'
const DOCUMENTS = 600
const LIMIT_MS = 60_000

const DELETE = `mutation ($input: DeleteKnowledgeBaseInput!) {
  deleteKnowledgeBase(input: $input) { __typename ... on Problem { message } }
}`

const WAITING = `query ($name: String!) {
  knowledgeBase(name: $name) { documents(state: QUEUED, first: 1) { nodes { id } } }
}`

interface Waiting {
  readonly knowledgeBase: { readonly documents: { readonly nodes: readonly object[] } }
}

/** Measures again and again while another base takes in documents, until they are in; gives the times. */
export async function ingestBeside(url: string, measure: (index: number) => Promise<number>): Promise<number[]> {
  await askGraph(url, CREATE_BASE, { input: { name: BASE } })
  try {
    const documents = readAbstracts()
      .slice(0, DOCUMENTS)
      .map(({ id: key, text }) => ({ key, text, mediaType: 'text/plain' }))
    await askGraph(url, ADD_DOCUMENTS, { input: { knowledgeBase: BASE, documents } })
    const times: number[] = []
    const until = performance.now() + LIMIT_MS
    while (performance.now() < until) {
      for (let i = 0; i < 100; i++) times.push(await measure(times.length))
      const { knowledgeBase } = await askGraph<Waiting>(url, WAITING, { name: BASE })
      if (knowledgeBase.documents.nodes.length === 0) break
    }
    return times
  } finally {
    await askGraph(url, DELETE, { input: { name: BASE } })
  }
}
