import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, Kind, parse, validate } from 'graphql'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const schema = buildSchema(readFileSync(join(root, 'schema/schema.graphql'), 'utf8'))
const guides = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'))

test.each(guides)('the operations in %s fit the schema', (file) => {
  const text = readFileSync(join(root, 'docs', file), 'utf8')
  for (const [, block = ''] of text.matchAll(/^ *```graphql\n(.*?)^ *```$/gms)) {
    const document = parse(block)
    if (
      document.definitions.every(({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION)
    )
      expect(validate(schema, document).map(({ message }) => message)).toEqual([])
  }
})
