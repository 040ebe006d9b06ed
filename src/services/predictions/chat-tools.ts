import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import type { ToolDefinition } from '../../domain/tool-call.js'
import { toSupportedSchema } from './output-schema.js'
import { checkNumber, checkText, type ChatRequest, type ToolRequest } from './prediction-input.js'

export const MAX_TOOLS = 64
export const MAX_TOOL_CALLS = 32
export const DEFAULT_TOOL_CALLS = 8
export const MAX_DESCRIPTION_CHARACTERS = 8_192
/** Of the schemas of all tools together. */
const MAX_TOOLS_CHARACTERS = 131_072
export const MAX_ARGUMENTS_CHARACTERS = 65_536
const MAX_DEPTH = 64
const NAME = /^[A-Za-z0-9_-]{1,64}$/

export interface ChatTools {
  /** Those that the model is told of. */
  readonly tools: readonly ToolDefinition[]
  readonly constraint: Extract<OutputConstraint, { kind: 'TOOLS' }> | null
}

/**
 * The tools of a chat, and what they make of its answer; none when they are not to be called.
 * @throws GraphloomError `INVALID_INPUT` with the path.
 */
export function parseTools(
  request: Pick<ChatRequest, 'tools' | 'toolChoice' | 'maxToolCalls'>,
  path: string,
): ChatTools {
  const { toolChoice, maxToolCalls } = request
  const given = request.tools ?? []
  if (given.length > MAX_TOOLS)
    throw invalidInput(`${path}.tools`, `has ${given.length} tools; at most ${MAX_TOOLS} are allowed.`)
  const names = new Set<string>()
  const tools = given.map((tool, i) => parseTool(tool, names, `${path}.tools.${i}`))
  const characters = tools.reduce((total, { supported }) => total + JSON.stringify(supported).length, 0)
  if (characters > MAX_TOOLS_CHARACTERS)
    throw invalidInput(
      `${path}.tools`,
      `has schemas of ${characters} characters; at most ${MAX_TOOLS_CHARACTERS} are allowed.`,
    )
  const limit = { min: 1, max: MAX_TOOL_CALLS, integer: true }
  const maxCalls = checkNumber(maxToolCalls ?? DEFAULT_TOOL_CALLS, limit, `${path}.maxToolCalls`)
  const { mode, only } = parseToolChoice(toolChoice, names, `${path}.toolChoice`)
  if (mode === 'NONE' || tools.length === 0) return { tools: [], constraint: null }
  const callable = tools.filter(({ name }) => only === null || name === only)
  return {
    tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    constraint: {
      kind: 'TOOLS',
      tools: callable.map(({ name, supported }) => ({ name, parameters: supported })),
      isRequired: mode === 'REQUIRED',
      maxCalls,
    },
  }
}

function parseToolChoice(choice: ChatRequest['toolChoice'], names: ReadonlySet<string>, path: string) {
  const { mode = null, tool = null } = choice ?? { mode: 'AUTO' }
  if ((mode === null) === (tool === null)) throw invalidInput(path, 'must have exactly one of mode, tool.')
  if (tool !== null && !names.has(tool)) throw invalidInput(`${path}.tool`, `"${tool}" is none of the tools.`)
  if (mode === 'REQUIRED' && names.size === 0)
    throw invalidInput(`${path}.mode`, 'is REQUIRED, but there are no tools.')
  return { mode: mode ?? 'REQUIRED', only: tool }
}

function parseTool({ name, description, parameters }: ToolRequest, names: Set<string>, at: string) {
  checkToolName(name, `${at}.name`)
  if (names.has(name)) throw invalidInput(`${at}.name`, `"${name}" is the name of another tool.`)
  names.add(name)
  checkText(description ?? '', `${at}.description`)
  if ((description ?? '').length > MAX_DESCRIPTION_CHARACTERS)
    throw invalidInput(`${at}.description`, `has more than ${MAX_DESCRIPTION_CHARACTERS} characters.`)
  const schema = checkObject(parameters, `${at}.parameters`, 'must be a JSON Schema of an object.')
  if (schema['type'] !== 'object') throw invalidInput(`${at}.parameters`, 'must have "type": "object".')
  const supported = toSupportedSchema(withoutUnnamed(schema), `${at}.parameters`)
  return { name, description: description ?? '', parameters: schema, supported }
}

/** A tool whose arguments are not named takes none, where its schema does not say otherwise. */
function withoutUnnamed(schema: Readonly<Record<string, Json>>): Json {
  const saysMore = ['additionalProperties', 'patternProperties', 'propertyNames', 'required', '$ref'].some(
    (name) => name in schema,
  )
  const isNamed = Object.keys(schema['properties'] ?? {}).length > 0
  return saysMore || isNamed ? schema : { ...schema, additionalProperties: false }
}

/** @throws GraphloomError `INVALID_INPUT` with the path. */
export function checkToolName(name: string, path: string): void {
  if (!NAME.test(name)) throw invalidInput(path, 'must have 1 to 64 characters of A–Z, a–z, 0–9, _ and -.')
}

/** Arguments of a call: an object. @throws GraphloomError `INVALID_INPUT` with the path. */
export function checkArguments(given: unknown, path: string): Json {
  const value = checkObject(given, path, 'must be an object.')
  if (JSON.stringify(value).length > MAX_ARGUMENTS_CHARACTERS)
    throw invalidInput(path, `has more than ${MAX_ARGUMENTS_CHARACTERS} characters.`)
  return value
}

function checkObject(value: unknown, path: string, problem: string): Readonly<Record<string, Json>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidInput(path, problem)
  checkJson(value, path, 0)
  return value as Readonly<Record<string, Json>>
}

/** Bounded in depth, and of whole characters. */
function checkJson(value: unknown, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw invalidInput(path, `is nested more than ${MAX_DEPTH} deep.`)
  if (typeof value === 'string') checkText(value, path)
  if (typeof value !== 'object' || value === null) return
  for (const [key, one] of Object.entries(value)) {
    checkText(key, path)
    checkJson(one, path, depth + 1)
  }
}
