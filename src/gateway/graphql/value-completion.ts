import {
  defaultTypeResolver,
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql'
import { inspect } from 'graphql/jsutils/inspect.js'
import { pathToArray, type Path } from 'graphql/jsutils/Path.js'
import type { Complete, PlannedField, Run } from './planned-field.js'

export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'

/** Rules of the specification, section 6.4.3 "Value Completion", for one type. */
export function completerOf(type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) {
    const inner = completerOf(type.ofType)
    return (run, field, value, path) => {
      const completed = inner(run, field, value, path)
      if (completed === null)
        throw new Error(`Cannot return null for non-nullable field ${field.parentType.name}.${field.name}.`)
      return completed
    }
  }
  const inner = nullableCompleterOf(type)
  return (run, field, value, path) => {
    if (value instanceof Error) throw value
    return value === null || value === undefined ? null : inner(run, field, value, path)
  }
}

function nullableCompleterOf(type: GraphQLOutputType): Complete {
  if (isLeafType(type)) return (_run, _field, value) => completeLeaf(type, value)
  if (isListType(type)) return createListCompleter(type.ofType)
  if (isAbstractType(type)) return (run, field, value, path) => completeAbstract(type, { run, field, value, path })
  if (isObjectType(type)) return (run, field, value, path) => completeObject(type, { run, field, value, path })
  throw new TypeError(`${inspect(type)} is no type of a field.`)
}

interface Completion {
  readonly run: Run
  readonly field: PlannedField
  readonly value: unknown
  readonly path: Path
}

function completeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value)
  if (serialized === null || serialized === undefined)
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
    )
  return serialized
}

function createListCompleter(itemType: GraphQLOutputType): Complete {
  const complete = completerOf(itemType)
  const isNonNull = isNonNullType(itemType)
  return (run, field, value, path) => {
    if (typeof value !== 'object' || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function')
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parentType.name}.${field.name}".`,
      )
    let hasPromise = false
    const items: unknown[] = []
    const completeItem = (item: unknown): unknown => {
      const itemPath: Path = { prev: path, key: items.length, typename: undefined }
      const refuse = (error: unknown): null => handleError(run, field, { error, path: itemPath, isNonNull })
      try {
        const completed = isPromise(item)
          ? item.then((resolved) => complete(run, field, resolved, itemPath))
          : complete(run, field, item, itemPath)
        if (!isPromise(completed)) return completed
        hasPromise = true
        return completed.then(undefined, refuse)
      } catch (error) {
        return refuse(error)
      }
    }
    try {
      for (const item of value as Iterable<unknown>) items.push(completeItem(item))
    } catch (error) {
      // The items before it may fail later, when nobody looks at them any more.
      Promise.all(items).catch(() => undefined)
      throw error
    }
    return hasPromise ? Promise.all(items) : items
  }
}

function completeObject(type: GraphQLObjectType, { run, field, value, path }: Completion): unknown {
  if (!type.isTypeOf) return run.executeFields(field.selectionOf(type), value, path)
  const proceed = (fits: boolean): unknown => {
    if (!fits)
      throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, {
        nodes: field.nodes,
      })
    return run.executeFields(field.selectionOf(type), value, path)
  }
  const fits = type.isTypeOf(value, run.context, run.infoOf(field, path))
  return isPromise(fits) ? fits.then(proceed) : proceed(fits)
}

function completeAbstract(type: GraphQLAbstractType, completion: Completion): unknown {
  const { run, field, value, path } = completion
  const info = run.infoOf(field, path)
  const found = (type.resolveType ?? defaultTypeResolver)(value, run.context, info, type)
  const proceed = (name: unknown): unknown => completeObject(requireRuntimeType(type, name, completion), completion)
  return isPromise(found) ? found.then(proceed) : proceed(found)
}

function requireRuntimeType(
  type: GraphQLAbstractType,
  name: unknown,
  { run, field, value, path }: Completion,
): GraphQLObjectType {
  const { nodes } = field
  const place = `must resolve to an Object type at runtime for field "${field.parentType.name}.${field.name}"`
  if (name === null || name === undefined)
    throw new GraphQLError(
      `Abstract type "${type.name}" ${place}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    )
  if (isObjectType(name))
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    )
  if (typeof name !== 'string')
    throw new GraphQLError(
      `Abstract type "${type.name}" ${place} with value ${inspect(value)}, received "${inspect(name)}".`,
    )
  const { schema } = run.infoOf(field, path)
  const runtimeType = schema.getType(name)
  if (!runtimeType)
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    )
  if (!isObjectType(runtimeType))
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, { nodes })
  if (!schema.isSubType(type, runtimeType))
    throw new GraphQLError(`Runtime Object type "${runtimeType.name}" is not a possible type for "${type.name}".`, {
      nodes,
    })
  return runtimeType
}

/** An error becomes null at the nearest place that may be null. */
export function handleError(
  run: Run,
  field: PlannedField,
  { error, path, isNonNull }: { readonly error: unknown; readonly path: Path; readonly isNonNull: boolean },
): null {
  const located = locatedError(error, field.nodes, pathToArray(path))
  if (isNonNull) throw located
  run.addError(located, path)
  return null
}
