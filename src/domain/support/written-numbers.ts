/** Numbers in words; several of them in a row are one number. */
const SMALL: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
    'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn',
  ].flatMap((words) => words.split(' ').map((word, value): [string, number] => [word, value])),
)
const TENS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'twenty thirty forty fifty sixty seventy eighty ninety',
    'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig',
  ].flatMap((words) => words.split(' ').map((word, i): [string, number] => [word, (i + 2) * 10])),
)
const SCALES: Readonly<Record<string, number>> = {
  dozen: 12,
  hundred: 100,
  hundert: 100,
  thousand: 1e3,
  tausend: 1e3,
  million: 1e6,
  millions: 1e6,
  millionen: 1e6,
  billion: 1e9,
  billions: 1e9,
  milliarden: 1e9,
  trillion: 1e12,
}
const ORDINALS: Readonly<Record<string, number>> = Object.fromEntries(
  'third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'
    .split(' ')
    .map((word, i): [string, number] => [word, i + 3]),
)

export const scaleOf = (word: string): number | null => SCALES[word.toLowerCase()] ?? null

const isNumberWord = (word: string): boolean => word in SMALL || word in TENS || word in SCALES

/** What words in a row say as a number: how many of them, and the number. Null when the first is none. */
export function readNumberWords(words: readonly string[]): { readonly value: number; readonly count: number } | null {
  const first = words[0] ?? ''
  if (first in ORDINALS) return { value: ORDINALS[first]!, count: 1 }
  if (!isNumberWord(first)) return null
  let total = 0
  let group = 0
  let count = 0
  for (const [i, word] of words.entries()) {
    if (word === 'and' && count > 0 && isNumberWord(words[i + 1] ?? '')) continue
    if (!isNumberWord(word)) break
    const small = SMALL[word] ?? TENS[word]
    // "Two, three" are two numbers.
    if (small !== undefined && count > 0 && !goesOn(group, small)) break
    const scale = SCALES[word] ?? 1
    if (small !== undefined) group += small
    else if (scale <= 100) group = Math.max(1, group) * scale
    else {
      total += Math.max(1, group) * scale
      group = 0
    }
    count = i + 1
  }
  return { value: total + group, count }
}

const goesOn = (group: number, next: number): boolean =>
  group === 0 || (group % 100 === 0 && group > 0) || (next < 10 && next > 0 && group % 10 === 0 && group % 100 >= 20)
