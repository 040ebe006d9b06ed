import { NO_TRAITS, type ModelTraits } from '../../domain/model.js'
import { readOptionalJson, toSize, type Fields } from './model-json.js'
import { wrongFile } from './weights.js'

export type Pooling = 'mean' | 'cls' | 'lasttoken'

/** How the vectors of a text's tokens become the text's. */
export interface VectorRules {
  readonly pooling: Pooling
  /** Whether a text's vector is brought to length 1. */
  readonly isNormalized: boolean
  /** A step of the model's that is computed only where its graph does; null when there is none. */
  readonly missingModule: string | null
}

const MODULES = 'modules.json'
const POOLING = '1_Pooling/config.json'
const POOLINGS: readonly string[] = ['mean', 'cls', 'lasttoken'] satisfies Pooling[]

/** Fields of `1_Pooling/config.json` by what they stand for. */
const POOLING_FIELDS: Readonly<Record<string, string>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_lasttoken: 'lasttoken',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
}

/** Whether the files say that the model turns texts into vectors, whatever its architecture is. */
export async function hasSentenceModules(folder: string): Promise<boolean> {
  return (await readModules(folder))?.includes('Pooling') ?? false
}

/**
 * How Sentence Transformers uses a model: its modules, prompts, and the sizes that its vectors were trained to be cut to
 * (`matryoshka_dimensions` or `matryoshka_dims`). Without `modules.json` the mean of the tokens, of length 1.
 * @throws GraphloomError `INVALID_INPUT` that names the file that is wrong.
 */
export async function readSentenceModules(
  folder: string,
  config: Fields,
): Promise<{ readonly vectors: VectorRules; readonly traits: ModelTraits }> {
  const modules = await readModules(folder)
  const pooling = await readOptionalJson(folder, POOLING)
  const own = (await readOptionalJson(folder, 'config_sentence_transformers.json')) ?? {}
  const prompts = readPrompts(own)
  if (pooling?.['include_prompt'] === false && Object.values(prompts).some((prompt) => prompt !== ''))
    throw wrongFile(POOLING, 'leaves prompts out of its pooling (include_prompt), which is not computed here')
  const known = ['Transformer', 'Pooling', 'Normalize']
  const vectors = {
    pooling: readPooling(pooling),
    isNormalized: modules?.includes('Normalize') ?? true,
    missingModule: modules?.find((name) => !known.includes(name)) ?? null,
  }
  return { vectors, traits: { ...NO_TRAITS, prompts, shorterDimensions: readShorterDimensions(config, own) } }
}

/** Types of the modules without their packages; null when there is no such file. */
async function readModules(folder: string): Promise<string[] | null> {
  const modules: unknown = await readOptionalJson(folder, MODULES)
  if (modules === null) return null
  if (!Array.isArray(modules)) throw wrongFile(MODULES, 'is no list of modules')
  return modules.map(
    (module: unknown) =>
      String((module as Fields | null)?.['type'])
        .split('.')
        .at(-1) ?? '',
  )
}

/** Sentence Transformers' `1_Pooling`; without it the mean, as that library does. */
function readPooling(config: Fields | null): Pooling {
  if (config === null) return 'mean'
  const named = [config['pooling_mode'] ?? []].flat().map(String)
  const flagged = Object.entries(POOLING_FIELDS).flatMap(([field, name]) => (config[field] === true ? [name] : []))
  const [pooling = 'mean', another] = named.length > 0 ? named : flagged
  if (another !== undefined) throw wrongFile(POOLING, `asks for ${pooling} and ${another} together`)
  if (!POOLINGS.includes(pooling))
    throw wrongFile(POOLING, `asks for the pooling ${pooling}; ${POOLINGS.join(', ')} are known`)
  return pooling as Pooling
}

/** By the names that Sentence Transformers' `encode_query` and `encode_document` look for. */
function readPrompts(own: Fields): ModelTraits['prompts'] {
  const named = own['prompts']
  const prompts = typeof named === 'object' && named !== null ? (named as Fields) : {}
  const of = (names: readonly unknown[], otherwise: string): string => {
    const prompt = names.map((name) => prompts[String(name)]).find((text) => typeof text === 'string')
    return prompt ?? otherwise
  }
  const other = of([own['default_prompt_name']], '')
  return { query: of(['query'], other), document: of(['document', 'passage', 'corpus'], other), other }
}

function readShorterDimensions(...files: readonly Fields[]): number[] {
  const told = files.flatMap((fields) => [fields['matryoshka_dimensions'], fields['matryoshka_dims']])
  const sizes = told.filter(Array.isArray).flat().map(toSize)
  return [...new Set(sizes.filter((size) => size !== undefined))].sort((a, b) => a - b)
}
