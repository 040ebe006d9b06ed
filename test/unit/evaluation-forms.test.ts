import { expect, test } from 'vitest'
import { parseJudgements } from '../../src/services/knowledge/evaluation/judgement-forms.js'
import { parseQueries } from '../../src/services/knowledge/evaluation/query-forms.js'
import { toRunLines } from '../../src/services/knowledge/evaluation/run-file.js'

const QUERIES = [
  { id: '1', text: 'first question' },
  { id: 'q2', text: 'second' },
]

test.each([
  ['JSONL of BEIR', '{"_id":"1","text":"first question","metadata":{}}\n{"_id":"q2","text":"second"}\n'],
  ['JSONL with ids', '\uFEFF{"id":1,"text":"first question"}\r\n\r\n{"id":"q2","text":"second"}'],
  ['lines with tabs', '1\tfirst question\nq2\tsecond\n'],
  [
    'TREC topics',
    '<top>\n<num> Number: 1\n<title> first\n question\n<desc> Description:\nLong.\n</top>\n<top><num>q2</num><title>Topic: second</title></top>',
  ],
])('questions are read from %s', (_form, text) => {
  expect(parseQueries(text, 'q')).toEqual(QUERIES)
})

test.each([
  ['{"_id":"1"}', 'q: line 1: it needs a `text`.'],
  ['{"_id":"1","text":"x"}\n{"text":"y"}', 'q: line 2: it needs an `_id` or `id`.'],
  ['{"_id":"1","text":"x"}\nnothing', 'q: line 2: it is no JSON object.'],
  ['1\ta\n\n2 b', 'q: line 3: it needs an id, a tab and the text.'],
  ['<top><num>1</num></top>', 'q: topic 1: it needs a <num> and a <title>.'],
])('what is no question is told by its line: %j', (text, message) => {
  expect(() => parseQueries(text, 'q')).toThrow(message)
})

const JUDGEMENTS = [
  { query: '1', document: 'a', grade: 2 },
  { query: 'q2', document: 'b', grade: -1 },
]

test.each([
  ['TREC qrels', '1 0 a 2\nq2   0 b -1\n'],
  ['TREC qrels with tabs', '1\tQ0\ta\t2\nq2\tQ0\tb\t-1'],
  ['BEIR with a header', 'query-id\tcorpus-id\tscore\n1\ta\t2\r\nq2\tb\t-1\r\n'],
  ['three columns without one', '1\ta\t2\n\nq2\tb\t-1'],
])('judgements are read from %s', (_form, text) => {
  expect(parseJudgements(text, 'j')).toEqual(JUDGEMENTS)
})

test('names of documents have spaces where tabs are between, and lose them in a run', () => {
  expect(parseJudgements('1\tthe first\t1', 'j')).toEqual([{ query: '1', document: 'the first', grade: 1 }])
  const ranking = ['the first', 'b'].map((name) => ({ name, documentId: name, score: 1, grade: null }))
  expect(toRunLines({ queryId: '1', ranking }, 'tag')).toBe('1 Q0 the%20first 1 2 tag\n1 Q0 b 2 1 tag\n')
})

test.each([
  ['1 a', 'j: line 1: it needs question, iteration, document and grade'],
  ['1 0 a 1\n1 0 b high', 'j: line 2: "high" is no grade'],
  ['1\ta\t0.5', 'j: line 1: "0.5" is no grade'],
  ['1 0 a 1 2', 'j: line 1: it needs'],
])('what is no judgement is told by its line: %j', (text, message) => {
  expect(() => parseJudgements(text, 'j')).toThrow(message)
})
