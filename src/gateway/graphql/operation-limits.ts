import {
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { GraphloomError } from '../../kernel/errors.js'
import type { GatewayLimits } from '../../domain/limits.js'

/** Items that a list without a page size is taken to have. */
const ASSUMED_ITEMS = 10
/** Items of a page whose size is not given. */
const DEFAULT_PAGE_ITEMS = 20

/** How large an operation is, fragments followed. */
interface Measures {
  readonly depth: number
  readonly aliases: number
  readonly fields: number
}

/** What counts for the cost of a field: known for each field node of a checked document. */
interface FieldShape {
  readonly isPaged: boolean
  readonly isList: boolean
}

/**
 * Checks a document against limits that need no variables.
 * @throws GraphloomError `LIMIT_EXCEEDED` that names the limit.
 */
export function checkDocument(document: DocumentNode, limits: GatewayLimits): void {
  const fragments = fragmentsOf(document)
  visit(document, {
    enter(node) {
      const directives = 'directives' in node ? node.directives?.length : 0
      if (directives) requireWithin('directivesPerNode', 'GRAPHLOOM_LIMIT_DIRECTIVES_PER_NODE', directives, limits)
      if (node.kind === Kind.LIST) requireWithin('listItems', 'GRAPHLOOM_LIMIT_LIST_ITEMS', node.values.length, limits)
    },
  })
  const memo = new Map<string, Measures>()
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const { depth, aliases } = measure(definition.selectionSet, fragments, memo)
    requireWithin('operationDepth', 'GRAPHLOOM_LIMIT_OPERATION_DEPTH', depth, limits)
    requireWithin('operationAliases', 'GRAPHLOOM_LIMIT_OPERATION_ALIASES', aliases, limits)
    const roots = countRootFields(definition.selectionSet, fragments, new Map())
    requireWithin('operationRootFields', 'GRAPHLOOM_LIMIT_OPERATION_ROOT_FIELDS', roots, limits)
    if (!limits.introspection && asksForSchema(definition.selectionSet, fragments, new Set()))
      throw new GraphloomError('GRAPHQL_VALIDATION_FAILED', 'Introspection is switched off on this server.')
  }
}

/**
 * Checks an operation together with its variables: sizes of lists and pages, and the cost that follows.
 * @throws GraphloomError `LIMIT_EXCEEDED` that names the limit.
 */
export function checkOperation(options: {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>>
  readonly limits: GatewayLimits
}): void {
  const { schema, document, operation, variables, limits } = options
  requireListsWithin(variables, limits)
  const shapes = shapesOf(schema, document)
  const fragments = fragmentsOf(document)
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  )
  const sizeOf = (value: ValueNode | undefined): number | null => {
    if (value?.kind === Kind.INT) return Number(value.value)
    if (value?.kind !== Kind.VARIABLE) return null
    const given = variables[value.name.value]
    if (typeof given === 'number') return given
    const fallback = defaults[value.name.value]
    return given === undefined && fallback?.kind === Kind.INT ? Number(fallback.value) : null
  }
  const memo = new Map<string, number>()
  const costOfSet = (set: SelectionSetNode): number => {
    let cost = 0
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) cost += costOfField(selection)
      else if (selection.kind === Kind.INLINE_FRAGMENT) cost += costOfSet(selection.selectionSet)
      else {
        const name = selection.name.value
        const fragment = fragments.get(name)
        const known = memo.get(name) ?? (fragment ? costOfSet(fragment.selectionSet) : 0)
        memo.set(name, known)
        cost += known
      }
    }
    return cost
  }
  const costOfField = (field: FieldNode): number => {
    const inner = field.selectionSet ? costOfSet(field.selectionSet) : 0
    const shape = shapes.get(field)
    if (!shape) return 1 + inner
    let items = shape.isPaged ? DEFAULT_PAGE_ITEMS : shape.isList ? ASSUMED_ITEMS : 1
    for (const argument of field.arguments ?? []) {
      if (argument.name.value !== 'first' && argument.name.value !== 'last') continue
      const size = sizeOf(argument.value)
      if (size === null) continue
      requireWithin('listItems', 'GRAPHLOOM_LIMIT_LIST_ITEMS', size, limits)
      items = Math.max(1, size)
    }
    return 1 + items * inner
  }
  requireWithin('operationCost', 'GRAPHLOOM_LIMIT_OPERATION_COST', costOfSet(operation.selectionSet), limits)
}

const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  )

function measure(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  memo: Map<string, Measures>,
): Measures {
  let [depth, aliases, fields] = [0, 0, 0]
  const add = (inner: Measures, levels: number): void => {
    depth = Math.max(depth, levels + inner.depth)
    aliases += inner.aliases
    fields += inner.fields
  }
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      if (selection.alias) aliases++
      fields++
      add(
        selection.selectionSet ? measure(selection.selectionSet, fragments, memo) : { depth: 0, aliases: 0, fields: 0 },
        1,
      )
    } else if (selection.kind === Kind.INLINE_FRAGMENT) add(measure(selection.selectionSet, fragments, memo), 0)
    else add(measureFragment(selection.name.value, fragments, memo), 0)
  }
  return { depth, aliases, fields }
}

/** Each fragment once, however often it is spread; one that contains itself is refused by validation. */
function measureFragment(
  name: string,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  memo: Map<string, Measures>,
): Measures {
  const known = memo.get(name)
  if (known) return known
  memo.set(name, { depth: 0, aliases: 0, fields: 0 })
  const fragment = fragments.get(name)
  const measures = fragment ? measure(fragment.selectionSet, fragments, memo) : { depth: 0, aliases: 0, fields: 0 }
  memo.set(name, measures)
  return measures
}

function countRootFields(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  memo: Map<string, number>,
): number {
  let count = 0
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) count++
    else if (selection.kind === Kind.INLINE_FRAGMENT) count += countRootFields(selection.selectionSet, fragments, memo)
    else {
      const name = selection.name.value
      if (!memo.has(name)) {
        memo.set(name, 0)
        const fragment = fragments.get(name)
        if (fragment) memo.set(name, countRootFields(fragment.selectionSet, fragments, memo))
      }
      count += memo.get(name) ?? 0
    }
  }
  return count
}

function asksForSchema(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen: Set<string>,
): boolean {
  return set.selections.some((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value === '__schema' || selection.name.value === '__type'
    if (selection.kind === Kind.INLINE_FRAGMENT) return asksForSchema(selection.selectionSet, fragments, seen)
    const fragment = fragments.get(selection.name.value)
    if (!fragment || seen.has(fragment.name.value)) return false
    seen.add(fragment.name.value)
    return asksForSchema(fragment.selectionSet, fragments, seen)
  })
}

const SHAPES = new WeakMap<DocumentNode, ReadonlyMap<FieldNode, FieldShape>>()

/** Which fields of a document are pages and lists; kept with the document. */
function shapesOf(schema: GraphQLSchema, document: DocumentNode): ReadonlyMap<FieldNode, FieldShape> {
  const known = SHAPES.get(document)
  if (known) return known
  const shapes = new Map<FieldNode, FieldShape>()
  const types = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const definition = types.getFieldDef()
        const parent = types.getParentType()
        if (!definition || !node.selectionSet) return
        const isPaged = definition.args.some(({ name }) => name === 'first')
        // The items of a page were counted with the page.
        const inPage =
          parent !== null && parent !== undefined && isCompositeType(parent) && parent.name.endsWith('Connection')
        shapes.set(node, { isPaged, isList: isListType(getNullableType(definition.type)) && !inPage })
      },
    }),
  )
  SHAPES.set(document, shapes)
  return shapes
}

function requireListsWithin(value: unknown, limits: GatewayLimits): void {
  if (Array.isArray(value)) {
    requireWithin('listItems', 'GRAPHLOOM_LIMIT_LIST_ITEMS', value.length, limits)
    for (const item of value) requireListsWithin(item, limits)
  } else if (value !== null && typeof value === 'object')
    for (const part of Object.values(value)) requireListsWithin(part, limits)
}

type NumericLimit = { [K in keyof GatewayLimits]: GatewayLimits[K] extends number ? K : never }[keyof GatewayLimits]

const WHAT: Partial<Record<NumericLimit, string>> = {
  documentBytes: 'bytes of the document',
  directivesPerNode: 'directives on one place',
  operationDepth: 'nested selections',
  operationAliases: 'aliases',
  operationRootFields: 'root fields',
  operationCost: 'cost of the operation',
  listItems: 'items of a list',
  variablesBytes: 'bytes of the variables',
  batchOperations: 'operations of the batch',
}

/** @throws GraphloomError `LIMIT_EXCEEDED`. */
export function requireWithin(limit: NumericLimit, setting: string, actual: number, limits: GatewayLimits): void {
  const value = limits[limit]
  if (actual <= value) return
  throw new GraphloomError(
    'LIMIT_EXCEEDED',
    `The ${WHAT[limit] ?? limit} may be ${value} at most; there are ${actual}.`,
    {
      details: { limit: { name: setting, value, actual } },
    },
  )
}
