import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { wrongFile } from './weights.js'

export type Fields = Readonly<Record<string, unknown>>

/** A sensible number of tokens or components; tokenizers without a limit write an enormous one. */
export const toSize = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined

/** @throws GraphloomError `INVALID_INPUT` when `config.json` does not tell it. */
export function requireSize(config: Fields, name: string): number {
  const size = toSize(config[name])
  if (size === undefined) throw wrongFile('config.json', `has no ${name}`)
  return size
}

export const hasFile = (folder: string, file: string): Promise<boolean> =>
  stat(join(folder, file)).then(
    () => true,
    () => false,
  )

/** @throws GraphloomError `INVALID_INPUT` when it is missing. */
export async function requireFile(folder: string, file: string): Promise<void> {
  if (!(await hasFile(folder, file))) throw wrongFile(file, 'is missing')
}

/** @throws GraphloomError `INVALID_INPUT` when it is missing or no object. */
export async function readJson(folder: string, file: string): Promise<Fields> {
  const fields = await readOptionalJson(folder, file)
  if (!fields) throw wrongFile(file, 'is missing')
  return fields
}

/** Null when it is missing. @throws GraphloomError `INVALID_INPUT` when it is no object. */
export async function readOptionalJson(folder: string, file: string): Promise<Fields | null> {
  let text: string
  try {
    text = await readFile(join(folder, file), 'utf8')
  } catch {
    return null
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Fields
  } catch {
    throw wrongFile(file, 'is not JSON')
  }
  throw wrongFile(file, 'is no JSON object')
}
