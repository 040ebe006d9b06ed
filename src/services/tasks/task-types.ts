import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskDocument } from '../../domain/task.js'
import type { TaskType } from './task-type.js'

type Checker = Readonly<Record<'input' | 'output', ValidateFunction>>

/** The kinds of work that this server knows. */
export class TaskTypes {
  readonly #types: ReadonlyMap<string, TaskType>
  /** Made when a type is first used. */
  readonly #checkers = new Map<string, Promise<Checker>>()

  constructor(types: readonly TaskType[]) {
    this.#types = new Map(types.map((type) => [type.name, type]))
  }

  list(): readonly TaskType[] {
    return [...this.#types.values()]
  }

  /** Names of those that have code in this process. */
  get runnable(): readonly string[] {
    return this.list().flatMap(({ name, run }) => (run ? [name] : []))
  }

  get(name: string): TaskType | null {
    return this.#types.get(name) ?? null
  }

  /** Whether somebody may read what a task or schedule of this type was made with. */
  mayReadInput({ subject }: Principal, { type, createdBy }: Pick<TaskDocument, 'type' | 'createdBy'>): boolean {
    return subject === createdBy || this.get(type)?.hasPrivateInput !== true
  }

  /** @throws GraphloomError `INVALID_INPUT` with the path. */
  require(name: string, path: string): TaskType {
    const type = this.#types.get(name)
    if (type) return type
    throw invalidInput(path, `there is no task type "${name}"; there are ${[...this.#types.keys()].join(', ')}.`)
  }

  /** @throws GraphloomError `INVALID_INPUT` when tasks of the type may not wait there. */
  checkQueue(type: TaskType, queue: string, path: string): void {
    const owner = this.list().find((one) => one.ownsQueue && one.queue === queue)
    if (type.ownsQueue && queue !== type.queue)
      throw invalidInput(path, `tasks of type ${type.name} wait in the queue "${type.queue}" only.`)
    if (owner && owner !== type) throw invalidInput(path, `"${queue}" is for tasks of type ${owner.name} only.`)
  }

  /** @throws GraphloomError `INVALID_INPUT` that names the first place that breaks the type's schema. */
  async checkInput(type: TaskType, input: Json, path: string): Promise<void> {
    const { input: isValid } = await this.#checker(type)
    if (isValid(input)) return
    const { where, problem } = describe(isValid.errors?.[0])
    throw invalidInput(`${path}${where}`, `${problem}; see the input schema of ${type.name}.`)
  }

  /** @throws GraphloomError `INVALID_INPUT` that says what is wrong with what the work gave. */
  async checkOutput(type: TaskType, output: Json): Promise<void> {
    const { output: isValid } = await this.#checker(type)
    if (isValid(output)) return
    const { where, problem } = describe(isValid.errors?.[0])
    throw new GraphloomError(
      'INVALID_INPUT',
      `The output does not fit the type ${type.name}: output${where} ${problem}.`,
      {
        details: { path: `output${where}` },
      },
    )
  }

  #checker(type: TaskType): Promise<Checker> {
    let checker = this.#checkers.get(type.name)
    if (!checker) this.#checkers.set(type.name, (checker = compileSchemas(type)))
    return checker
  }
}

/** The library is large: it is imported only where it is used. @throws Error for a schema that is none. */
export async function compileSchemas({ inputSchema, outputSchema }: TaskType): Promise<Checker> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false })
  return { input: ajv.compile(inputSchema), output: ajv.compile(outputSchema) }
}

function describe(error: ErrorObject | undefined): { readonly where: string; readonly problem: string } {
  const where = (error?.instancePath ?? '').replaceAll('/', '.')
  const { additionalProperty } = (error?.params ?? {}) as { readonly additionalProperty?: string }
  const more = additionalProperty === undefined ? '' : ` ("${additionalProperty}")`
  return { where, problem: `${error?.message ?? 'is not valid'}${more}` }
}
