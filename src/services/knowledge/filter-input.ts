import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { MetadataField, MetadataFilter } from '../../domain/metadata-filter.js'
import { parseScalar, unknownField } from './metadata-input.js'

/** Conditions on one field; all hold. */
export interface FieldConditionInput {
  readonly name: string
  readonly eq?: Json | undefined
  readonly ne?: Json | undefined
  readonly in?: readonly Json[] | null | undefined
  readonly lt?: Json | undefined
  readonly lte?: Json | undefined
  readonly gt?: Json | undefined
  readonly gte?: Json | undefined
  readonly contains?: Json | undefined
  readonly isMissing?: boolean | null | undefined
}

/** Exactly one of them is given. */
export interface FilterInput {
  readonly and?: readonly FilterInput[] | null | undefined
  readonly or?: readonly FilterInput[] | null | undefined
  readonly not?: FilterInput | null | undefined
  readonly field?: FieldConditionInput | null | undefined
}

const MAX_DEPTH = 16
const MAX_CONDITIONS = 256

/** The filter over fields that are declared. @throws GraphloomError `INVALID_INPUT` with the path of what is wrong. */
export function parseFilter(input: FilterInput, fields: readonly MetadataField[], path: string): MetadataFilter {
  let conditions = 0
  const parse = (part: FilterInput, at: string, depth: number): MetadataFilter => {
    if (++conditions > MAX_CONDITIONS) throw invalidInput(path, `has more than ${MAX_CONDITIONS} parts.`)
    if (depth > MAX_DEPTH) throw invalidInput(path, `is nested more than ${MAX_DEPTH} deep.`)
    const { and, or, not, field } = part
    if (and) return { op: 'AND', parts: and.map((one, i) => parse(one, `${at}.and.${i}`, depth + 1)) }
    if (or) return { op: 'OR', parts: or.map((one, i) => parse(one, `${at}.or.${i}`, depth + 1)) }
    if (not) return { op: 'NOT', part: parse(not, `${at}.not`, depth + 1) }
    if (field) return parseField(field, fields, `${at}.field`)
    throw invalidInput(at, 'must have one of and, or, not and field.')
  }
  return parse(input, path, 1)
}

const ORDERS = { lt: 'LT', lte: 'LTE', gt: 'GT', gte: 'GTE' } as const

function parseField(input: FieldConditionInput, fields: readonly MetadataField[], path: string): MetadataFilter {
  const field = fields.find(({ name }) => name === input.name)
  if (!field) throw invalidInput(`${path}.name`, unknownField(fields))
  const isList = field.kind === 'LIST'
  const parts: MetadataFilter[] = []
  const given = (name: 'eq' | 'ne' | 'contains' | keyof typeof ORDERS): boolean =>
    input[name] !== undefined && input[name] !== null
  const refuse = (name: string): never => {
    throw invalidInput(`${path}.${name}`, `is not for a field of the kind ${field.kind}.`)
  }
  const value = (name: 'eq' | 'ne' | 'contains' | keyof typeof ORDERS) =>
    parseScalar(input[name], field.kind, `${path}.${name}`)
  if (given('eq')) parts.push(isList ? refuse('eq') : { op: 'EQ', field, value: value('eq') })
  if (given('ne')) parts.push(isList ? refuse('ne') : { op: 'NOT', part: { op: 'EQ', field, value: value('ne') } })
  if (given('contains')) parts.push(isList ? { op: 'CONTAINS', field, value: value('contains') } : refuse('contains'))
  for (const [name, op] of Object.entries(ORDERS) as [keyof typeof ORDERS, 'LT' | 'LTE' | 'GT' | 'GTE'][]) {
    if (!given(name)) continue
    parts.push(isList || field.kind === 'BOOLEAN' ? refuse(name) : { op, field, value: value(name) })
  }
  if (input.in) {
    if (isList) refuse('in')
    const values = input.in.map((one, i) => parseScalar(one, field.kind, `${path}.in.${i}`))
    parts.push({ op: 'IN', field, values })
  }
  if (input.isMissing === true) parts.push({ op: 'MISSING', field })
  if (input.isMissing === false) parts.push({ op: 'NOT', part: { op: 'MISSING', field } })
  if (parts.length === 0) throw invalidInput(path, 'has no condition.')
  return parts.length === 1 ? parts[0]! : { op: 'AND', parts }
}
