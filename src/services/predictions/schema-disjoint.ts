import { canonicalJson, type Json } from '../../kernel/json.js'
import { isList, isSchema, typesOf, type Schema } from './schema-keywords.js'

/** Whether no value can be valid by two of the schemas: their types differ, or the values of a required property. */
export function areDisjoint(schemas: readonly Json[]): boolean {
  return schemas.every((one, i) =>
    schemas.slice(i + 1).every((other) => isSchema(one) && isSchema(other) && differ(one, other)),
  )
}

function differ(one: Schema, other: Schema): boolean {
  const values = valuesOf(one)
  const otherValues = valuesOf(other)
  if (values && otherValues) return values.every((value) => !otherValues.includes(value))
  const types = typesOf(one)
  const otherTypes = typesOf(other)
  if (!types || !otherTypes) return false
  const kinds = new Set(otherTypes.map(toKind))
  if (types.every((type) => !kinds.has(toKind(type)))) return true
  const { properties, required } = one
  if (!isSchema(properties) || !isSchema(other['properties']) || !isList(required)) return false
  const otherRequired = other['required']
  return required.some((name) => {
    const [mine, theirs] = [properties, other['properties'] as Schema].map((all) =>
      typeof name === 'string' ? all[name] : undefined,
    )
    return (
      isList(otherRequired) &&
      otherRequired.includes(name) &&
      isSchema(mine) &&
      isSchema(theirs) &&
      valuesOf(mine) !== null &&
      differ(mine, theirs)
    )
  })
}

const toKind = (type: string): string => (type === 'integer' ? 'number' : type)

/** The values of an `enum` or `const` as JSON, in which equal objects are written alike. */
function valuesOf(schema: Schema): string[] | null {
  const values = 'const' in schema ? [schema['const']!] : schema['enum']
  return isList(values) ? values.map((value) => canonicalJson(value)) : null
}
