import { registerEnumType } from 'type-graphql'

export interface EnumOptions<T extends string> {
  readonly name: string
  readonly description: string
  /** What each value means. */
  readonly values: Readonly<Record<T, string>>
}

/** An enum of the schema, whose values are their own names. */
export function createEnum<T extends string>({ name, description, values }: EnumOptions<T>): Record<T, T> {
  const meanings = Object.entries(values) as [T, string][]
  const names = Object.fromEntries(meanings.map(([value]) => [value, value])) as Record<T, T>
  const valuesConfig = Object.fromEntries(meanings.map(([value, meaning]) => [value, { description: meaning }]))
  registerEnumType(names, { name, description, valuesConfig: valuesConfig as Record<T, { description: string }> })
  return names
}
