import type { TextLanguage } from '../text-language.js'
import type { TextTerm } from '../text-term.js'

/** Words that negate what follows them. */
const CUES: Readonly<Partial<Record<TextLanguage, string>>> = {
  ENGLISH:
    "not|no|never|none|nobody|nothing|neither|nor|without|cannot|\\p{L}+n['’]t|fails? to|failed to|refused? to|refuses to|unable to|stopped|hardly|rarely",
  GERMAN: 'nicht|kein|keine|keinen|keinem|keiner|keines|nie|niemals|niemand|nichts|weder|noch nie|ohne',
  FRENCH: 'ne|pas|jamais|aucun|aucune|rien|personne|sans|ni',
  SPANISH: 'no|nunca|jamás|ningún|ninguna|ninguno|nada|nadie|sin|tampoco',
  ITALIAN: 'non|mai|nessun|nessuno|nessuna|niente|nulla|senza',
  PORTUGUESE: 'não|nunca|jamais|nenhum|nenhuma|nada|ninguém|sem',
  DUTCH: 'niet|geen|nooit|niemand|niets|zonder|noch',
}
/** They negate what comes before them, too. */
const BOTH_SIDES: ReadonlySet<TextLanguage> = new Set(['GERMAN', 'DUTCH', 'FRENCH'])
const NO_NEGATION = /^(?:not|nicht|non|no)\s+(?:only|nur|seulement|solo|just|to mention)\b/iu
const CLAUSE_END = /[.!?;:,()]|\b(?:but|however|although|aber|mais|pero)\b/iu
/** Words that one of negation reaches. */
const REACH = 4

const PATTERNS = new Map(
  Object.entries(CUES).map(([language, cues]) => [
    language,
    new RegExp(`(?<![\\p{L}'’])(?:${cues})(?![\\p{L}])`, 'giu'),
  ]),
)

/** Stems of the words that are negated. */
export function findNegatedTerms(
  text: string,
  terms: readonly TextTerm[],
  language: TextLanguage,
): ReadonlySet<string> {
  const negated = new Set<string>()
  const pattern = PATTERNS.get(language) ?? PATTERNS.get('ENGLISH')!
  for (const { 0: cue, index } of text.matchAll(pattern)) {
    if (NO_NEGATION.test(text.slice(index, index + 24))) continue
    const end = index + cue.length
    const after = terms.filter(({ start }) => start >= end && !CLAUSE_END.test(text.slice(end, start))).slice(0, REACH)
    for (const { term } of after) negated.add(term)
    if (!BOTH_SIDES.has(language)) continue
    const before = terms.filter((term) => term.end <= index && !CLAUSE_END.test(text.slice(term.end, index)))
    for (const { term } of before.slice(-REACH / 2)) negated.add(term)
  }
  return negated
}

/** Pairs of which one says the opposite of the other, by their English stems. */
const OPPOSITES: ReadonlyMap<string, readonly string[]> = toOpposites(
  [
    'allow/forbid forbidden prohibit ban',
    'permit/forbid forbidden prohibit ban',
    'open/close shut',
    'increas/decreas reduc shrink declin drop fall fell',
    'rise rose/fall fell drop declin',
    'grow grew/shrink shrank declin',
    'gain/lose lost',
    'win won/lose lost',
    'accept/reject refus',
    'approv/reject refus',
    'includ/exclud',
    'possibl/imposs',
    'maximum/minimum',
    'safe/unsaf danger',
    'expensiv/cheap',
    'cheaper/dearer',
    'success/failur',
    'succeed/fail',
    'mandatori requir/option voluntari',
    'legal/illeg',
    'present/absent',
    'begin start/end stop finish',
    'heavier/lighter',
    'hotter warmer/colder cooler',
    'faster quicker/slower',
    'larger bigger/smaller',
    'longer/shorter',
    'higher/lower',
    'older/younger newer',
    'public/privat',
    'enabl/disabl',
    'enter arriv/leav depart',
    'buy bought purchas/sell sold',
  ].map((pair) => pair.split('/').map((stems) => stems.split(' '))),
)

function toOpposites(pairs: readonly (readonly string[][])[]): ReadonlyMap<string, readonly string[]> {
  const opposites = new Map<string, string[]>()
  for (const [left = [], right = []] of pairs)
    for (const [ones, others] of [
      [left, right],
      [right, left],
    ] as const)
      for (const one of ones) opposites.set(one, [...(opposites.get(one) ?? []), ...others])
  return opposites
}

interface Negatable {
  readonly terms: readonly TextTerm[]
  readonly negated: ReadonlySet<string>
}

/** Whether one of two texts denies what the other says. */
export function isContrary(claim: Negatable, source: Negatable): boolean {
  const own = new Set(claim.terms.map(({ term }) => term))
  const said = new Set(source.terms.map(({ term }) => term))
  // How far a negation reaches depends on the order of words: what both negate is enough to agree.
  const agrees = [...claim.negated].some((term) => source.negated.has(term))
  const isDenied = (term: string): boolean =>
    said.has(term)
      ? !agrees && claim.negated.has(term) !== source.negated.has(term) && !isSaidBothWays(term, source)
      : isOpposite(term, { own, said, claim, source })
  return [...own].some(isDenied)
}

/** Said twice, once of them negated: either may be meant. */
const isSaidBothWays = (term: string, { terms, negated }: Negatable): boolean =>
  negated.has(term) && terms.filter((other) => other.term === term).length > 1

interface Compared {
  readonly own: ReadonlySet<string>
  readonly said: ReadonlySet<string>
  readonly claim: Negatable
  readonly source: Negatable
}

const isOpposite = (term: string, { own, said, claim, source }: Compared): boolean =>
  (OPPOSITES.get(term) ?? []).some(
    (other) => said.has(other) && !own.has(other) && claim.negated.has(term) === source.negated.has(other),
  )
