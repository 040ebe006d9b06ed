import path from 'node:path'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { FileSource, HubSource, ModelDocument, ModelVersionDocument } from '../../domain/model.js'
import type { DocumentBody } from '../../ports/document-store.js'
import type { ModelInspection, ModelRuntime } from '../../ports/model-runtime.js'
import { findHubCandidate, type HubCandidate, type HubRegistrationOptions } from './hub-registration.js'
import { checkRegistration, type HubModel, type RegisterModelVersion } from './model-input.js'
import { totalOf } from './model-downloads.js'
import { NEVER_LOADED, type ModelStore } from './model-store.js'
import { DEFAULT_ALIAS, manifestHash } from './registry.js'

export interface ModelRegistrationOptions extends HubRegistrationOptions {
  readonly store: ModelStore
  readonly runtime: Pick<ModelRuntime, 'inspect' | 'outline'>
}

/** SPDX's word for a licence that nobody has told. */
const UNKNOWN_LICENSE = 'NOASSERTION'

type VersionBody = Omit<DocumentBody<ModelVersionDocument>, 'id' | 'tenantId' | 'modelId' | 'modelName'>

interface NewVersion {
  readonly body: VersionBody
  readonly id?: string
  /** Whether a version of the name that is there already has the same content. */
  readonly isSame: (known: ModelVersionDocument) => boolean
}

/** Brings models that administrators name into the store, and takes them out again. */
export class ModelRegistration {
  readonly #options: ModelRegistrationOptions
  /** Changes of what there is, one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: ModelRegistrationOptions) {
    this.#options = options
  }

  /**
   * Inspects the files and stores a version of them; the same content under the same name is the version that is there.
   * Of a model at the hub the weights are still to be downloaded then.
   * @throws GraphloomError `INVALID_INPUT` that names what is wrong, `NOT_FOUND`, `CONFLICT` for a name that has other
   * content, `UNAVAILABLE` when the hub cannot be reached, or the signal's reason.
   */
  async register(input: RegisterModelVersion, setBy: string, signal: AbortSignal): Promise<ModelVersionDocument> {
    checkRegistration(input)
    if (input.source.kind === 'HUB') return this.#registerFromHub(input, input.source, setBy, signal)
    const what = input.source.kind === 'FILE' ? 'file' : 'folder'
    const where = `input.source.${what}`
    const placed = await this.#options.folders.find(input.source.path, what, where)
    const inspection = await this.#inspect({ kind: 'FILE', ...placed }, where, signal)
    const body = toVersionBody(input.version, inspection)
    return this.#inTurn(() => this.#store(input, { body, isSame: ({ sha256 }) => sha256 === body.sha256 }, setBy))
  }

  async #registerFromHub(
    input: RegisterModelVersion,
    model: HubModel,
    setBy: string,
    signal: AbortSignal,
  ): Promise<ModelVersionDocument> {
    const candidate = await findHubCandidate(this.#options, model, signal)
    const { id, source, dtype } = candidate
    const isSame = (known: ModelVersionDocument): boolean => known.dtype === dtype && isSameModel(known.source, source)
    const registered = { body: toDownloadingBody(input.version, candidate), id, isSame }
    let stored: ModelVersionDocument | null = null
    try {
      const told = { ...input, license: input.license ?? candidate.license }
      stored = await this.#inTurn(() => this.#store(told, registered, setBy))
      return stored
    } finally {
      if (stored?.id !== id) await this.#options.folders.removeOwn(id)
    }
  }

  /**
   * Deletes a version, and its model with the last of them.
   * @throws GraphloomError `CONFLICT` for one that came with the server, or that an alias names: `latest` may name the
   * last one; `NOT_FOUND`.
   */
  delete(id: string): Promise<ModelVersionDocument> {
    return this.#inTurn(async () => {
      const { store, folders } = this.#options
      const { version, naming, isLast } = await this.#requireDeletable(id)
      await store.deleteVersion(version)
      if (version.source.kind === 'HUB') await folders.removeOwn(id)
      if (isLast) {
        for (const alias of naming) await store.deleteAlias(alias)
        await store.deleteModel(version.modelId)
      }
      return version
    })
  }

  /** @throws GraphloomError as `delete`, which nothing is done for yet. */
  async requireDeletable(id: string): Promise<void> {
    await this.#requireDeletable(id)
  }

  /** Runs a change of aliases so that none comes to name what is being deleted. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    return this.#inTurn(change)
  }

  async #requireDeletable(id: string) {
    const { store } = this.#options
    const version = await store.requireVersion(id)
    if (version.source.kind === 'BUNDLED')
      throw new GraphloomError('CONFLICT', 'The version came with the server and cannot be deleted.')
    const [versions, aliases] = await Promise.all([
      store.listVersions([version.modelId]),
      store.listAliases([version.modelId]),
    ])
    const isLast = versions.length === 1
    const naming = aliases.filter((alias) => alias.modelVersionId === id)
    const kept = naming.find(({ name }) => !isLast || name !== DEFAULT_ALIAS)
    if (kept)
      throw new GraphloomError('CONFLICT', `The alias "${kept.name}" names the version; set it to another first.`)
    return { version, naming, isLast }
  }

  async #inspect(source: FileSource, where: string, signal: AbortSignal) {
    const { root, folder, file } = source
    try {
      const inspection = await this.#options.runtime.inspect({
        folder: path.join(root, folder),
        graphFile: file ?? undefined,
        root,
        signal,
      })
      return { source, ...inspection }
    } catch (error) {
      if (!(error instanceof GraphloomError) || error.code !== 'INVALID_INPUT') throw error
      throw invalidInput(where, error.message)
    }
  }

  async #store(
    { name, version, description, license }: RegisterModelVersion,
    { body, id, isSame }: NewVersion,
    setBy: string,
  ): Promise<ModelVersionDocument> {
    const { store } = this.#options
    let model = await store.getModelByName(name)
    if (model && model.task !== body.task)
      throw new GraphloomError('CONFLICT', `The model "${name}" does ${model.task}, these files do ${body.task}.`)
    const known = model && (await store.getVersionByName(model.id, version))
    if (known && !isSame(known))
      throw new GraphloomError(
        'CONFLICT',
        `"${name}:${version}" is registered with other content; choose another version.`,
      )
    if (!model)
      model = await store.insertModel({
        name,
        task: body.task,
        description: description ?? '',
        license: license ?? UNKNOWN_LICENSE,
      })
    else model = await this.#describe(model, description, license)
    const stored = known ?? (await store.insertVersion({ modelId: model.id, modelName: model.name, ...body }, id))
    if (!(await store.getAlias(model.id, DEFAULT_ALIAS)))
      await store.putAlias(model.id, DEFAULT_ALIAS, stored.id, setBy)
    return stored
  }

  async #describe(model: ModelDocument, description: string | null, license: string | null): Promise<ModelDocument> {
    const next = { ...model, description: description ?? model.description, license: license ?? model.license }
    if (next.description === model.description && next.license === model.license) return model
    return this.#options.store.updateModel(next)
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change)
    this.#last = done.catch(() => undefined)
    return done
  }
}

function toVersionBody(
  version: string,
  { source, description, checksums }: ModelInspection & { readonly source: FileSource },
): VersionBody {
  return { version, source, sha256: manifestHash(checksums), checksums, ...description, ...NEVER_LOADED }
}

function toDownloadingBody(version: string, { source, dtype, outline }: HubCandidate): VersionBody {
  const totalBytes = totalOf(source.files)
  const loadProgress = { phase: 'DOWNLOADING', doneBytes: 0, totalBytes } as const
  const unknown = { sha256: null, checksums: {}, inputs: [], outputs: [] }
  return {
    ...NEVER_LOADED,
    version,
    source,
    dtype,
    sizeBytes: totalBytes,
    ...outline,
    ...unknown,
    state: 'DOWNLOADING',
    loadProgress,
  }
}

const isSameModel = (known: ModelVersionDocument['source'], source: HubSource): boolean =>
  known.kind === 'HUB' && known.repository === source.repository && known.commit === source.commit
