import type { TextLanguage } from '../../domain/text-language.js'

export interface LanguageRules {
  readonly stem: (word: string) => string
  readonly stopWords: ReadonlySet<string>
}

type Stemmer = Promise<{ readonly stemmer: (word: string) => string }>
type StopWords = Promise<{ readonly stopwords: readonly string[] }>

/** Each is loaded by the first text of its language. */
const LANGUAGES: Readonly<Record<Exclude<TextLanguage, 'MIXED'>, () => readonly [Stemmer, StopWords]>> = {
  ARABIC: () => [import('@orama/stemmers/arabic'), import('@orama/stopwords/arabic')],
  ARMENIAN: () => [import('@orama/stemmers/armenian'), import('@orama/stopwords/armenian')],
  BULGARIAN: () => [import('@orama/stemmers/bulgarian'), import('@orama/stopwords/bulgarian')],
  DANISH: () => [import('@orama/stemmers/danish'), import('@orama/stopwords/danish')],
  DUTCH: () => [import('@orama/stemmers/dutch'), import('@orama/stopwords/dutch')],
  ENGLISH: () => [import('@orama/stemmers/english'), import('@orama/stopwords/english')],
  FINNISH: () => [import('@orama/stemmers/finnish'), import('@orama/stopwords/finnish')],
  FRENCH: () => [import('@orama/stemmers/french'), import('@orama/stopwords/french')],
  GERMAN: () => [import('@orama/stemmers/german'), import('@orama/stopwords/german')],
  GREEK: () => [import('@orama/stemmers/greek'), import('@orama/stopwords/greek')],
  HUNGARIAN: () => [import('@orama/stemmers/hungarian'), import('@orama/stopwords/hungarian')],
  INDONESIAN: () => [import('@orama/stemmers/indonesian'), import('@orama/stopwords/indonesian')],
  IRISH: () => [import('@orama/stemmers/irish'), import('@orama/stopwords/irish')],
  ITALIAN: () => [import('@orama/stemmers/italian'), import('@orama/stopwords/italian')],
  NORWEGIAN: () => [import('@orama/stemmers/norwegian'), import('@orama/stopwords/norwegian')],
  PORTUGUESE: () => [import('@orama/stemmers/portuguese'), import('@orama/stopwords/portuguese')],
  ROMANIAN: () => [import('@orama/stemmers/romanian'), import('@orama/stopwords/romanian')],
  RUSSIAN: () => [import('@orama/stemmers/russian'), import('@orama/stopwords/russian')],
  SERBIAN: () => [import('@orama/stemmers/serbian'), import('@orama/stopwords/serbian')],
  SPANISH: () => [import('@orama/stemmers/spanish'), import('@orama/stopwords/spanish')],
  SWEDISH: () => [import('@orama/stemmers/swedish'), import('@orama/stopwords/swedish')],
  TAMIL: () => [import('@orama/stemmers/tamil'), import('@orama/stopwords/tamil')],
  TURKISH: () => [import('@orama/stemmers/turkish'), import('@orama/stopwords/turkish')],
  UKRAINIAN: () => [import('@orama/stemmers/ukrainian'), import('@orama/stopwords/ukrainian')],
}

export async function loadLanguage(language: TextLanguage): Promise<LanguageRules> {
  if (language === 'MIXED') return { stem: (word) => word, stopWords: new Set() }
  const [stemming, stopping] = LANGUAGES[language]()
  const { stemmer } = await stemming
  const { stopwords } = await stopping
  return { stem: stemmer, stopWords: new Set(stopwords) }
}
