/** An expression that is drawn, in two notations, texts that it matches, and whether it matches a text. */
export interface Expression {
  /** As ECMAScript has it, with the flag u. */
  readonly regex: string
  readonly ebnf: string
  readonly draw: (random: () => number) => string
  /** Where it can end that begins at any of these places of a text's characters. Unlike `RegExp` it tries nothing twice. */
  readonly ends: (characters: readonly string[], from: ReadonlySet<number>) => ReadonlySet<number>
}

export function matchesWhole({ ends }: Expression, text: string): boolean {
  const characters = Array.from(text)
  return ends(characters, new Set([0])).has(characters.length)
}

const endsOfOne =
  (matches: (character: string) => boolean): Expression['ends'] =>
  (characters, from) =>
    new Set([...from].filter((at) => at < characters.length && matches(characters[at]!)).map((at) => at + 1))

/** Of `ends` so often in a row. */
const endsOfMany =
  (ends: Expression['ends'], least: number, most: number): Expression['ends'] =>
  (characters, from) => {
    const reached = new Set<number>(least === 0 ? from : [])
    let last = from
    for (let count = 1; count <= most && last.size > 0; count++) {
      last = ends(characters, last)
      // From the least on, what was reached before leads nowhere else.
      if (count > least) last = new Set([...last].filter((at) => !reached.has(at)))
      if (count >= least) for (const at of last) reached.add(at)
    }
    return reached
  }

type Random = () => number

/** Characters of one to four bytes, at the ends of what takes as many, and such that are written with escapes. */
const CHARACTERS = Array.from('aZ09 -_éüßÿāяа\u07ff\u0800ऄ—名前\uffee😀😁\u{10ffff}\n\t"\\/]^.')
const RANGES = [
  'az',
  'AF',
  '09',
  'ая',
  'éÿ',
  '\u0080\u07ff',
  '\u0800\ud7ff',
  '一龥',
  '\u{1f600}\u{1f64f}',
  'a\u{10ffff}',
]

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)]!
const times = (count: number, random: Random, draw: (random: Random) => string): string =>
  Array.from({ length: count }, () => draw(random)).join('')
const escape = (character: string): string => {
  const code = character.codePointAt(0)!
  return /[a-zA-Z0-9]/.test(character) || code > 0x7f ? character : `\\u${code.toString(16).padStart(4, '0')}`
}

/** The vocabulary has no tokens for the bytes F1 and F2, by which characters of these planes begin. */
const isWritable = (character: string): boolean => character.isWellFormed() && !/[\u{40000}-\u{bffff}]/u.test(character)

function drawCharacter(random: Random): Expression {
  const character = pick(CHARACTERS, random)
  const ends = endsOfOne((one) => one === character)
  return { regex: escape(character), ebnf: `"${escape(character)}"`, draw: () => character, ends }
}

function drawClass(random: Random): Expression {
  const ranges = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const [first, last = first] = Array.from(random() < 0.5 ? pick(RANGES, random) : pick(CHARACTERS, random)) as [
      string,
      string?,
    ]
    return { first, last }
  })
  const isNegated = random() < 0.4 && !ranges.some(({ last }) => last === '\u{10ffff}')
  const inside = ranges
    .map(({ first, last }) => (first === last ? escape(first) : `${escape(first)}-${escape(last)}`))
    .join('')
  const written = `[${isNegated ? '^' : ''}${inside}]`
  const test = new RegExp(`^${written}$`, 'u')
  return {
    regex: written,
    ebnf: written,
    ends: endsOfOne((one) => test.test(one)),
    draw: (draws) => {
      for (;;) {
        const { first, last } = pick(ranges, draws)
        const [low, high] = [first.codePointAt(0)!, last.codePointAt(0)!]
        const within = String.fromCodePoint(low + Math.floor(draws() * (high - low + 1)))
        const one = isNegated ? pick([...CHARACTERS, '名', 'q', 'λ', '🚀'], draws) : within
        if (isWritable(one) && test.test(one)) return one
      }
    },
  }
}

const ANY: Expression = {
  regex: '[^]',
  ebnf: '.',
  draw: (random) => pick(CHARACTERS, random),
  ends: endsOfOne(() => true),
}

function drawRepetition(random: Random, depth: number, isRepeated: boolean): Expression {
  const one = drawExpression(random, depth - 1, true)
  const least = Math.floor(random() * 3)
  // What is repeated much within another repetition, or around one, can be read in more ways than are kept.
  const more = pick(depth === 1 && !isRepeated ? [0, 1, 3, 70] : [0, 1, 3], random)
  const [written, most] = pick(
    [
      ['?', 1, 0],
      ['*', 5, 0],
      ['+', 5, 1],
      [`{${least},${least + more}}`, least + more, least],
    ] as const,
    random,
  )
  const lowest = written.startsWith('{') ? least : written === '+' ? 1 : 0
  return {
    regex: `(?:${one.regex})${written}`,
    ebnf: `(${one.ebnf})${written}`,
    draw: (draws) => times(lowest + Math.floor(draws() * (most - lowest + 1)), draws, one.draw),
    ends: endsOfMany(one.ends, lowest, written === '*' || written === '+' ? Infinity : most),
  }
}

/** @param depth of groups within one another. */
export function drawExpression(random: Random, depth = 3, isRepeated = false): Expression {
  const kind = random()
  if (depth === 0 || kind < 0.25) return pick([drawCharacter, drawClass, drawClass, () => ANY], random)(random)
  if (kind < 0.5) return drawRepetition(random, depth, isRepeated)
  const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
    drawExpression(random, depth - 1, isRepeated),
  )
  if (kind < 0.75)
    return {
      regex: `(?:${parts.map(({ regex }) => regex).join('|')})`,
      ebnf: `(${parts.map(({ ebnf }) => ebnf).join(' | ')})`,
      draw: (draws) => pick(parts, draws).draw(draws),
      ends: (characters, from) => new Set(parts.flatMap(({ ends }) => [...ends(characters, from)])),
    }
  return {
    regex: parts.map(({ regex }) => regex).join(''),
    ebnf: parts.map(({ ebnf }) => ebnf).join(' '),
    draw: (draws) => parts.map(({ draw }) => draw(draws)).join(''),
    ends: (characters, from) => parts.reduce((reached, { ends }) => ends(characters, reached), from),
  }
}
