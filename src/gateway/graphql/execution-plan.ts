import {
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import type { Fragments, PlannedField } from './planned-field.js'
import { completerOf } from './value-completion.js'

type Variables = Readonly<Record<string, unknown>>
/** An operation ready to run, for one choice of the variables that `@skip` and `@include` look at. */
export interface ExecutionPlan {
  readonly operation: OperationDefinitionNode
  readonly fragments: Fragments
  readonly roots: readonly PlannedField[]
}

/** How many choices of `@skip` and `@include` one operation is planned for. */
const MAX_CHOICES = 16
const FORBIDDEN_NAME = '__proto__'

/** The plans of one operation's choices. */
export class PlannedOperation {
  readonly #schema: GraphQLSchema
  readonly #operation: OperationDefinitionNode
  readonly #fragments: Fragments = {}
  readonly #conditions: readonly string[]
  readonly #plans = new Map<string, ExecutionPlan>()
  readonly #isPlannable: boolean

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema
    this.#operation = operation
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments[definition.name.value] = definition
    const conditions = new Set<string>()
    let isPlannable = true
    visit(document, {
      Name: ({ value }) => {
        if (value === FORBIDDEN_NAME) isPlannable = false
      },
      Directive: ({ arguments: given }) => {
        for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value)
      },
    })
    this.#conditions = [...conditions]
    this.#isPlannable = isPlannable
  }

  /** @returns null when the operation cannot be planned, or has been for too many choices. */
  planFor(variables: Variables): ExecutionPlan | null {
    const key = this.#conditions.map((name) => JSON.stringify(variables[name] ?? null)).join()
    const known = this.#plans.get(key)
    if (known) return known
    const rootType = this.#schema.getRootType(this.#operation.operation)
    if (!this.#isPlannable || !rootType || this.#plans.size === MAX_CHOICES) return null
    const site = { schema: this.#schema, fragments: this.#fragments, variables }
    const { schema, fragments } = site
    const collected = collectFields(schema, fragments, variables, rootType, this.#operation.selectionSet)
    const plan = { operation: this.#operation, fragments, roots: planFields(site, rootType, collected) }
    this.#plans.set(key, plan)
    return plan
  }
}

interface Site {
  readonly schema: GraphQLSchema
  readonly fragments: Fragments
  readonly variables: Variables
}

function planFields(
  site: Site,
  parentType: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
): readonly PlannedField[] {
  const fields: PlannedField[] = []
  for (const [responseName, nodes] of collected) {
    const definition = definitionOf(site.schema, parentType, nodes[0]?.name.value ?? '')
    if (!definition) continue
    const { type: returnType, name, resolve } = definition
    fields.push({
      ...{ responseName, name, definition, nodes, parentType, returnType },
      isNonNull: isNonNullType(returnType),
      isLeaf: isLeafType(getNullableType(returnType)),
      hasArguments: definition.args.length > 0,
      resolve: resolve ?? null,
      complete: completerOf(returnType),
      selectionOf: createSelection(site, nodes, returnType),
    })
  }
  return fields
}

/** Plans the selection of a type when its first value comes. */
function createSelection(
  site: Site,
  nodes: readonly FieldNode[],
  returnType: GraphQLOutputType,
): PlannedField['selectionOf'] {
  const { schema, fragments, variables } = site
  const plan = (type: GraphQLObjectType): readonly PlannedField[] =>
    planFields(site, type, collectSubfields(schema, fragments, variables, type, nodes))
  let named: GraphQLOutputType = returnType
  while (isNonNullType(named) || isListType(named)) named = named.ofType
  if (!isAbstractType(named)) {
    let only: readonly PlannedField[] | null = null
    return (type) => (only ??= plan(type))
  }
  const byType = new Map<GraphQLObjectType, readonly PlannedField[]>()
  return (type) => {
    let fields = byType.get(type)
    if (!fields) byType.set(type, (fields = plan(type)))
    return fields
  }
}

function definitionOf(
  schema: GraphQLSchema,
  parentType: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  if (parentType === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return parentType.getFields()[name]
}
