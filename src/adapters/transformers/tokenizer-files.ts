import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GraphloomError } from '../../kernel/errors.js'

export interface AddedToken {
  readonly id: number
  readonly content: string
  /** A control token: it stands for no text. */
  readonly special: boolean
  /** Whether it takes the white space before and after it along. */
  readonly lstrip?: boolean
  readonly rstrip?: boolean
}

interface DecoderJson {
  readonly type?: string
}

/** What is used of a `tokenizer.json`. */
export interface TokenizerJson {
  readonly added_tokens?: readonly AddedToken[]
  readonly decoder?: DecoderJson | null
  readonly model: { readonly vocab?: unknown }
}

export interface TokenizerFiles {
  readonly tokenizer: TokenizerJson
  readonly config: Record<string, unknown>
}

/** @throws GraphloomError `MODEL_LOAD_FAILED` when the tokenizer's files are missing or wrong. */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  // One after another: of several missing files the same one is always named.
  const tokenizer = await readJson(folder, 'tokenizer.json')
  const config = await readJson(folder, 'tokenizer_config.json')
  const template = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => null)
  const chatTemplate = template === null ? {} : { chat_template: template }
  return { tokenizer: tokenizer as TokenizerJson, config: { ...config, ...chatTemplate } }
}

async function readJson(folder: string, file: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'))
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    throw wrongFile(file, error)
  }
  throw wrongFile(file, undefined)
}

const wrongFile = (file: string, cause: unknown): GraphloomError =>
  new GraphloomError('MODEL_LOAD_FAILED', `The model's file ${file} is missing or is no JSON object.`, { cause })
