interface BagOfWords {
  readonly id: string
  /** With single spaces between words. */
  readonly text: string
}

/** BM25 as its formula says, over texts whose words are their words. */
export function rankByWords(rows: readonly BagOfWords[], query: readonly string[]): Map<string, number> {
  const texts = rows.map(({ id, text }) => ({ id, words: text.split(' ') }))
  const mean = texts.reduce((sum, { words }) => sum + words.length, 0) / texts.length
  const scores = new Map<string, number>()
  for (const word of query) {
    const n = texts.filter(({ words }) => words.includes(word)).length
    const idf = Math.log(1 + (texts.length - n + 0.5) / (n + 0.5))
    for (const { id, words } of texts) {
      const frequency = words.filter((one) => one === word).length
      if (frequency === 0) continue
      const part = (idf * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * words.length) / mean))
      scores.set(id, (scores.get(id) ?? 0) + part)
    }
  }
  return scores
}
