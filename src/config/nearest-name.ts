/** What a word too many or too few counts, and what a wrong letter does where words are not looked at. */
const WORD_COST = 0.6
const LETTER_COST = 0.3

/** The one of the names that is most like this one, by letters or by words. */
export function nearestName(name: string, names: readonly string[]): string {
  const distances = new Map(names.map((candidate) => [candidate, nameDistance(name, candidate)]))
  return names.reduce((best, candidate) => (distances.get(candidate)! < distances.get(best)! ? candidate : best))
}

function nameDistance(a: string, b: string): number {
  const byLetters = letterDistance(a, b) * LETTER_COST
  const likeness = (word: string, other: string): number =>
    letterDistance(word, other) / Math.max(word.length, other.length, 1)
  const byWords = editDistance(a.split('_'), b.split('_'), { gap: WORD_COST, change: likeness })
  return Math.min(byLetters, byWords)
}

const letterDistance = (a: string, b: string): number =>
  editDistance(Array.from(a), Array.from(b), { gap: 1, change: (letter, other) => (letter === other ? 0 : 1) })

interface Costs {
  /** Of a part that only one of the two has. */
  readonly gap: number
  readonly change: (part: string, other: string) => number
}

/** Levenshtein's distance: the least cost of the parts to put in, take out or change. */
function editDistance(a: readonly string[], b: readonly string[], { gap, change }: Costs): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j * gap)
  for (const [i, part] of a.entries()) {
    const next = [(i + 1) * gap]
    for (const [j, other] of b.entries())
      next.push(Math.min(next[j]! + gap, row[j + 1]! + gap, row[j]! + change(part, other)))
    row = next
  }
  return row[b.length]!
}
