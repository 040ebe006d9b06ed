import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  type GraphQLSchema,
} from 'graphql'
import { expect, test } from 'vitest'
import { buildGraphSchema } from '../../resolvers/index.js'
import { TYPE_NAMES } from '../../resolvers/common/node.interface.js'
import { printErrors, printGraphSchema } from '../../schema/emit.js'
import { ERROR_CATALOGUE } from '../../src/kernel/error-catalogue.js'

const schemaFolder = join(import.meta.dirname, '../../../schema')
const committed = (file: string): string => readFileSync(join(schemaFolder, file), 'utf8')

interface Described {
  readonly path: string
  readonly description: string | null | undefined
}

/** Everything in a schema that can have a description. */
function* listDescribed(schema: GraphQLSchema): Generator<Described> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue
    yield { path: type.name, description: type.description }
    if (isEnumType(type))
      for (const value of type.getValues()) yield { path: `${type.name}.${value.name}`, description: value.description }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        yield { path: `${type.name}.${field.name}`, description: field.description }
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        yield { path: `${type.name}.${field.name}`, description: field.description }
        for (const argument of field.args)
          yield { path: `${type.name}.${field.name}(${argument.name})`, description: argument.description }
      }
  }
  for (const directive of schema.getDirectives()) {
    if (isSpecifiedDirective(directive)) continue
    yield { path: `@${directive.name}`, description: directive.description }
    for (const argument of directive.args)
      yield { path: `@${directive.name}(${argument.name})`, description: argument.description }
  }
}

test('the committed schema is what the code emits (npm run schema)', () => {
  expect(committed('schema.graphql')).toBe(printGraphSchema())
})

test('every type of nodes can be told from its id', () => {
  const schema = buildGraphSchema()
  const node = schema.getType('Node')
  if (!isInterfaceType(node)) throw new Error('The schema has no interface Node.')
  const types = schema.getPossibleTypes(node).map(({ name }) => name)
  expect(types.toSorted()).toEqual(Object.values(TYPE_NAMES).toSorted())
})

test('the committed page of errors is what the code emits (npm run schema)', () => {
  expect(committed('errors.md')).toBe(printErrors())
})

test('every type, field, argument, input field and enum value is described', () => {
  const described = [...listDescribed(buildGraphSchema())]
  const bare = described.filter(({ description }) => !description?.trim()).map(({ path }) => path)
  expect(bare).toEqual([])
  expect(described.length).toBeGreaterThan(300)
})

test('the catalogue of errors, the enum in the schema and the page name the same codes', () => {
  const codes = Object.keys(ERROR_CATALOGUE).toSorted()
  const type = buildGraphSchema().getType('ErrorCode')
  if (!isEnumType(type)) throw new Error('The schema has no enum ErrorCode.')
  expect(
    type
      .getValues()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(codes)
  for (const { name, description } of type.getValues())
    expect(description).toBe(ERROR_CATALOGUE[name as keyof typeof ERROR_CATALOGUE].summary)
  const rows = [...committed('errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  expect(rows.toSorted()).toEqual(codes)
})
