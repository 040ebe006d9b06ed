import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import type { Stored } from '../../domain/stored-document.js'
import type { TaskDocument } from '../../domain/task.js'
import type { Payloads } from '../payloads.js'
import { findReferences, readPointer, replaceReferences, type OutputReference } from './output-references.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskStore } from './task-store.js'
import type { TaskTypes } from './task-types.js'

export interface GraphInputsOptions {
  readonly store: TaskStore
  readonly graphs: TaskGraphStore
  readonly types: TaskTypes
  readonly payloads: Payloads
}

/** An input with the outputs in it, and the key that the work queue counts its task under. */
export interface WholeInput {
  readonly input: Stored<Json>
  readonly queueKey: string | null
}

/** Whoever asked for the task, without rights that members do not have. */
const memberOf = ({ createdBy: subject, tenantId }: TaskDocument): Principal => ({
  subject,
  tenantId,
  roles: ['MEMBER'],
  expiresAtMs: null,
  method: 'JWT',
})

const keyOf = ({ of, pointer }: OutputReference): string => JSON.stringify([of, pointer])

/** Makes the inputs of tasks whole with the outputs of their parents. */
export class GraphInputs {
  readonly #options: GraphInputsOptions

  constructor(options: GraphInputsOptions) {
    this.#options = options
  }

  /**
   * Null where the input was whole from the beginning.
   * @throws GraphloomError `INVALID_INPUT` for an output that is not there, and for an input that breaks the schema of
   * the task's type; `PAYLOAD_TOO_LARGE`.
   */
  async make(task: TaskDocument): Promise<WholeInput | null> {
    const { types, payloads } = this.#options
    if (task.inputTemplate === null) return null
    const template = await payloads.get(task.inputTemplate)
    const values = await this.#readValues(task, findReferences(template, 'input'))
    const input = replaceReferences(template, 'input', (reference) => values.get(keyOf(reference))!)
    const type = types.require(task.type, 'type')
    await types.checkInput(type, input, 'input')
    const queueKey = (await type.admit?.(input, 'input', memberOf(task))) ?? null
    return { input: await payloads.put(input), queueKey }
  }

  async #readValues(task: TaskDocument, references: readonly OutputReference[]): Promise<ReadonlyMap<string, Json>> {
    const { store, graphs, payloads } = this.#options
    const byParent = Map.groupBy(references, ({ of }) => of)
    const values = new Map<string, Json>()
    let bytes = 0
    for await (const links of graphs.parentLinks(task)) {
      const wanted = links.filter(({ parentName }) => byParent.has(parentName))
      const parents = await store.getMany(
        { tenantId: task.tenantId },
        wanted.map(({ parentId }) => parentId),
      )
      for (const [at, { parentName }] of wanted.entries()) {
        const own = byParent.get(parentName)!
        const output = await this.#readOutput(parents[at] ?? null, own[0]!)
        for (const reference of own) {
          if (values.has(keyOf(reference))) continue
          const value = output === undefined ? null : readPointer(output, reference.pointer)
          if (value === undefined) throw nothingThere(reference)
          values.set(keyOf(reference), value)
          bytes += JSON.stringify(value).length
          if (bytes > payloads.maxBytes) throw tooLarge(payloads.maxBytes)
        }
      }
    }
    return values
  }

  /** Undefined where the parent gave none. */
  async #readOutput(parent: TaskDocument | null, { of, path }: OutputReference): Promise<Json | undefined> {
    if (parent === null) throw invalidInput(path, `the task "${of}" has been deleted, and its output with it.`)
    if (parent.state !== 'SUCCEEDED') return undefined
    return parent.output === null ? null : this.#options.payloads.get(parent.output)
  }
}

const nothingThere = ({ path, of, pointer }: OutputReference): GraphloomError =>
  invalidInput(path, `the output of the task "${of}" has nothing at "${pointer}".`)

const tooLarge = (maxBytes: number): GraphloomError =>
  new GraphloomError('PAYLOAD_TOO_LARGE', `The outputs in the input have more than ${maxBytes} bytes.`, {
    details: { path: 'input', limit: { name: 'maxPayloadBytes', value: maxBytes } },
  })
