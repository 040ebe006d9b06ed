import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
} from 'graphql'
import type { Path } from 'graphql/jsutils/Path.js'

export type Fragments = Record<string, FragmentDefinitionNode>

/** A field of a selection, with all that does not depend on the value it is asked of. */
export interface PlannedField {
  readonly responseName: string
  readonly name: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly nodes: readonly FieldNode[]
  readonly parentType: GraphQLObjectType
  readonly returnType: GraphQLOutputType
  readonly isNonNull: boolean
  /** Whether its value is written as it is, without fields or items of its own. */
  readonly isLeaf: boolean
  readonly hasArguments: boolean
  /** Null: the property of the same name is taken. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | null
  readonly complete: Complete
  /** What its type, or for an abstract type the one found for a value, is asked for. */
  readonly selectionOf: (type: GraphQLObjectType) => readonly PlannedField[]
}

/** One run of a plan. */
export interface Run {
  readonly context: unknown
  infoOf(field: PlannedField, path: Path): GraphQLResolveInfo
  /** The values of an object's fields, or a promise of them. */
  executeFields(fields: readonly PlannedField[], source: unknown, path: Path): unknown
  /** Keeps an error for the answer, unless what it is in has become null already. */
  addError(error: GraphQLError, path: Path | undefined): void
}

/** Gives the form in which a value is answered, or a promise of it. Paths are of the value. */
export type Complete = (run: Run, field: PlannedField, value: unknown, path: Path) => unknown
