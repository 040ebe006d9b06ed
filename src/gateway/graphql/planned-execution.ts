import {
  execute,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql'
import type { Path } from 'graphql/jsutils/Path.js'
import { PlannedOperation, type ExecutionPlan } from './execution-plan.js'
import type { PlannedField, Run } from './planned-field.js'
import { handleError, isPromise } from './value-completion.js'

export interface ExecutionRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly rootValue: unknown
  readonly context: unknown
}

type Values = Record<string, unknown>

const MAX_VARIABLE_ERRORS = 50

/**
 * Executes documents of one schema by plans that are kept with them, to the same results as graphql's `execute`, by
 * which the few operations run that cannot be planned.
 */
export class PlannedExecutor {
  readonly #schema: GraphQLSchema
  readonly #operations = new WeakMap<object, PlannedOperation>()

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
  }

  /** @returns the result; errors of the operation are in it. */
  execute(request: ExecutionRequest): Promise<ExecutionResult> | ExecutionResult {
    const { document, operationName, variables, rootValue, context } = request
    const operation = getOperationAST(document, operationName)
    if (operation) {
      const coerced = getVariableValues(this.#schema, operation.variableDefinitions ?? [], variables, {
        maxErrors: MAX_VARIABLE_ERRORS,
      })
      if (coerced.errors) return { errors: coerced.errors }
      let planned = this.#operations.get(operation)
      if (!planned) this.#operations.set(operation, (planned = new PlannedOperation(this.#schema, document, operation)))
      const plan = planned.planFor(coerced.coerced)
      if (plan)
        return new PlannedRun({ schema: this.#schema, plan, variables: coerced.coerced, rootValue, context }).run()
    }
    return execute({
      schema: this.#schema,
      document,
      operationName,
      variableValues: variables,
      rootValue,
      contextValue: context,
    })
  }
}

interface RunOptions {
  readonly schema: GraphQLSchema
  readonly plan: ExecutionPlan
  /** Coerced to their types. */
  readonly variables: Values
  readonly rootValue: unknown
  readonly context: unknown
}

class PlannedRun implements Run {
  readonly #options: RunOptions
  readonly #errors: GraphQLError[] = []
  /** Places that have become null because of an error; undefined is the whole. */
  readonly #nulled = new Set<Path | undefined>()
  readonly context: unknown

  constructor(options: RunOptions) {
    this.#options = options
    this.context = options.context
  }

  run(): Promise<ExecutionResult> | ExecutionResult {
    const { plan, rootValue } = this.#options
    try {
      const data =
        plan.operation.operation === OperationTypeNode.MUTATION
          ? this.#executeSerially(plan.roots, rootValue)
          : this.executeFields(plan.roots, rootValue, undefined)
      if (!isPromise(data)) return this.#toResult(data)
      return Promise.resolve(data).then(
        (values) => this.#toResult(values),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      return this.#fail(error)
    }
  }

  infoOf({ name, nodes, returnType, parentType }: PlannedField, path: Path): GraphQLResolveInfo {
    const { schema, plan, rootValue, variables } = this.#options
    return {
      fieldName: name,
      fieldNodes: nodes,
      returnType,
      parentType,
      path,
      schema,
      fragments: plan.fragments,
      rootValue,
      operation: plan.operation,
      variableValues: variables,
    }
  }

  executeFields(fields: readonly PlannedField[], source: unknown, path: Path | undefined): Values | Promise<Values> {
    const values: Values = {}
    let promised: string[] | null = null
    try {
      for (const field of fields) {
        const value = this.#executeField(field, source, path)
        values[field.responseName] = value
        if (isPromise(value)) (promised ??= []).push(field.responseName)
      }
    } catch (error) {
      if (!promised) throw error
      // The others may fail too; nobody else would look at that.
      return settle(values, promised).finally(() => {
        throw error
      })
    }
    return promised ? settle(values, promised) : values
  }

  addError(error: GraphQLError, path: Path | undefined): void {
    if (this.#nulled.size > 0) {
      if (this.#nulled.has(undefined)) return
      for (let place = path; place !== undefined; place = place.prev) if (this.#nulled.has(place)) return
    }
    this.#nulled.add(path)
    this.#errors.push(error)
  }

  #executeField(field: PlannedField, source: unknown, parent: Path | undefined): unknown {
    if (field.isLeaf && field.resolve === null) {
      const value = propertyOf(source, field.name)
      if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
        return this.#completeScalar(field, value, parent)
    }
    const path: Path = { prev: parent, key: field.responseName, typename: field.parentType.name }
    const refuse = (error: unknown): null => handleError(this, field, { error, path, isNonNull: field.isNonNull })
    try {
      const value = this.#resolve(field, source, path)
      const completed = isPromise(value)
        ? value.then((resolved) => field.complete(this, field, resolved, path))
        : field.complete(this, field, value, path)
      return isPromise(completed) ? completed.then(undefined, refuse) : completed
    } catch (error) {
      return refuse(error)
    }
  }

  /** The most frequent case: a path is made only for an error. */
  #completeScalar(field: PlannedField, value: unknown, parent: Path | undefined): unknown {
    const path = parent as Path
    try {
      if (field.hasArguments) getArgumentValues(field.definition, field.nodes[0]!, this.#options.variables)
      return field.complete(this, field, value, path)
    } catch (error) {
      const place: Path = { prev: parent, key: field.responseName, typename: field.parentType.name }
      return handleError(this, field, { error, path: place, isNonNull: field.isNonNull })
    }
  }

  #resolve(field: PlannedField, source: unknown, path: Path): unknown {
    const args = field.hasArguments ? getArgumentValues(field.definition, field.nodes[0]!, this.#options.variables) : {}
    if (field.resolve) return field.resolve(source, args, this.context, this.infoOf(field, path))
    const value = propertyOf(source, field.name)
    if (typeof value !== 'function') return value
    return (source as Record<string, (...given: unknown[]) => unknown>)[field.name]?.(
      args,
      this.context,
      this.infoOf(field, path),
    )
  }

  async #executeSerially(fields: readonly PlannedField[], source: unknown): Promise<Values> {
    const values: Values = {}
    for (const field of fields) values[field.responseName] = await this.#executeField(field, source, undefined)
    return values
  }

  #toResult(data: Values | null): ExecutionResult {
    return this.#errors.length === 0 ? { data } : { errors: this.#errors, data }
  }

  #fail(error: unknown): ExecutionResult {
    this.addError(error as GraphQLError, undefined)
    return this.#toResult(null)
  }
}

const propertyOf = (source: unknown, name: string): unknown =>
  (typeof source === 'object' && source !== null) || typeof source === 'function'
    ? (source as Record<string, unknown>)[name]
    : undefined

async function settle(values: Values, promised: readonly string[]): Promise<Values> {
  const settled = await Promise.all(promised.map((name) => values[name]))
  promised.forEach((name, index) => (values[name] = settled[index]))
  return values
}
