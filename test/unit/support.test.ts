import { describe, expect, test } from 'vitest'
import { checkSupport } from '../../src/domain/support/support.js'
import { toStatement, type Statement } from '../../src/domain/support/statement.js'
import type { TextLanguage } from '../../src/domain/text-language.js'
import { Analyzer } from '../../src/adapters/sqlite-text/analyzer.js'
import { findSentences } from '../../src/services/knowledge/answers/sentence-ranges.js'

const analyzers = new Map<TextLanguage, Analyzer>()

async function read(text: string, language: TextLanguage = 'ENGLISH'): Promise<Statement> {
  const analyzer = analyzers.get(language) ?? (await Analyzer.open(language))
  analyzers.set(language, analyzer)
  return toStatement(text, analyzer.analyze(text), language)
}

/** What is wrong, where meanings are as close as they can be. */
async function problemOf(claim: string, source: string, language?: TextLanguage) {
  const statement = await read(source, language)
  return checkSupport(
    await read(claim, language),
    { statement, context: new Set() },
    { similarity: 0.9, threshold: 0.5 },
  ).problem
}

describe('numbers', () => {
  test.each([
    ['The tank holds 1,500 litres.', 'The tank holds 1500 l.'],
    ['It takes two hours.', 'It takes 120 minutes.'],
    ['It weighs 2.5 kg.', 'It weighs 2500 grams.'],
    ['It costs €40.', 'It costs forty euros.'],
    ['The bridge is twenty-five metres long.', 'The bridge is 25 m long.'],
    ['About 3,400 people came.', 'Exactly 3,412 people came.'],
    ['A share of 12 percent is left.', 'A share of 12% is left.'],
    ['The town has 3.5 million inhabitants.', 'The town has 3,500,000 inhabitants.'],
    ['Doors open at 9:30.', 'Doors open at 9:30 sharp.'],
  ])('%s is said by: %s', async (claim, source) => {
    expect(await problemOf(claim, source)).toBeNull()
  })

  test.each([
    ['The tank holds 1,600 litres.', 'The tank holds 1500 l.'],
    ['It takes two hours.', 'It takes 100 minutes.'],
    ['It costs 40 dollars.', 'It costs 40 euros.'],
    ['There are 3 cats and 5 dogs.', 'There are 5 cats and 3 dogs.'],
    ['The bridge is thirty metres long.', 'The bridge is 25 m long.'],
    ['Doors open at 9:30.', 'Doors open at 8:30.'],
    ['About 5,000 people came.', 'Exactly 3,412 people came.'],
  ])('%s is not said by: %s', async (claim, source) => {
    expect(await problemOf(claim, source)).toBe('NUMBER_DIFFERS')
  })
})

describe('names', () => {
  test.each([
    ['In 1912 Amundsen returned to Norway.', 'Amundsen, the explorer, returned to Norway in 1912.'],
    ['Tickets above 200 euros need approval.', 'Tickets above 200 euros need approval.'],
    ['The study comes from the WHO.', 'The study comes from the World Health Organization.'],
    ['Press the B12 key.', 'Press the key B12.'],
  ])('%s is said by: %s', async (claim, source) => {
    expect(await problemOf(claim, source)).toBeNull()
  })

  test.each([
    ['In 1912 Scott returned to Norway.', 'Amundsen, the explorer, returned to Norway in 1912.'],
    ['The river flows through Lyon.', 'The river flows through Geneva.'],
    ['Press the B13 key.', 'Press the key B12.'],
    ['Bergmann founded the company.', 'The company was founded by Lindqvist.'],
  ])('%s is not said by: %s', async (claim, source) => {
    expect(await problemOf(claim, source)).toBe('NAME_DIFFERS')
  })

  test('what stands around a passage may name what it is about', async () => {
    const claim = await read('The Kestrel weighs nine kilograms.')
    const source = { statement: await read('It weighs nine kilograms.'), context: new Set(['kestrel']) }
    expect(checkSupport(claim, source, { similarity: 0.9, threshold: 0.5 }).problem).toBeNull()
  })
})

describe('negation', () => {
  test.each([
    ['The museum does not charge admission.', 'The museum charges admission.', 'ENGLISH'],
    ['Visitors may enter the laboratory.', 'Visitors may not enter the laboratory.', 'ENGLISH'],
    ['Dogs are forbidden in the park.', 'Dogs are allowed in the park.', 'ENGLISH'],
    ['Das Büro ist am Montag nicht geöffnet.', 'Das Büro ist am Montag geöffnet.', 'GERMAN'],
    ['Le magasin n’accepte pas les chèques.', 'Le magasin accepte les chèques.', 'FRENCH'],
  ] as const)('%s is denied by: %s', async (claim, source, language) => {
    expect(await problemOf(claim, source, language)).toBe('NEGATED')
  })

  test.each([
    ['The office is not open on Sundays.', 'On Sundays the office is not open.'],
    ['Not only adults may join the club.', 'Adults may join the club, and children too.'],
    ['The lid opens when the pressure falls.', 'The lid does not leak, and opens when the pressure falls.'],
  ])('%s is said by: %s', async (claim, source) => {
    expect(await problemOf(claim, source)).toBeNull()
  })
})

test('a sentence that has nothing in common, or says nothing, has no support', async () => {
  const statement = await read('Honey is extracted in summer.')
  const far = { similarity: 0.1, threshold: 0.5 }
  for (const text of ['Apples are ripe in autumn.', 'And so on.'])
    expect(checkSupport(await read(text), { statement, context: new Set() }, far).problem).toBe('TOO_LITTLE_IN_COMMON')
})

test('sentences do not end at abbreviations, nor where a line does', () => {
  const text = 'Dr. Weiss met\nMr. Okafor at 5 p.m. in Oslo. They left.\n\nA new one!'
  expect(findSentences(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    'Dr. Weiss met\nMr. Okafor at 5 p.m. in Oslo.',
    'They left.',
    'A new one!',
  ])
})
