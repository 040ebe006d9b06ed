import { createHash } from 'node:crypto'
import path from 'node:path'
import { GraphloomError, invalidInput, notFound } from '../../kernel/errors.js'
import type { ModelAliasDocument, ModelVersionDocument } from '../../domain/model.js'
import type { ModelFolders } from '../../ports/model-folders.js'
import type { ModelFiles, ModelRuntime } from '../../ports/model-runtime.js'
import { NEVER_LOADED, type ModelStore } from './model-store.js'

/** A model that comes with the server: an entry of `models/catalogue.json`. */
export interface BundledModel {
  readonly name: string
  readonly version: string
  /** Folder below the bundled models. */
  readonly folder: string
  readonly description: string
  readonly license: string
  readonly origin: string
  /** SHA-256 of each file, by its path below the folder. */
  readonly checksums: Readonly<Record<string, string>>
}

/** The alias that a model's name alone means. */
export const DEFAULT_ALIAS = 'latest'

const REFERENCE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?:([:@])([A-Za-z0-9][A-Za-z0-9._-]{0,63}))?$/
const ALIAS = /^[a-z][a-z0-9._-]{0,63}$/

export interface RegistryOptions {
  readonly store: ModelStore
  readonly runtime: Pick<ModelRuntime, 'describe'>
  readonly modelsDirectory: string
  readonly folders: Pick<ModelFolders, 'isAllowed' | 'ownFolder'>
}

/** Which models, versions and aliases there are. */
export class Registry {
  readonly #options: RegistryOptions

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  folderOf({ id, source }: ModelVersionDocument): string {
    switch (source.kind) {
      case 'BUNDLED':
        return path.join(this.#options.modelsDirectory, source.folder)
      case 'FILE':
        return path.join(source.root, source.folder)
      case 'HUB':
        return this.#options.folders.ownFolder(id)
    }
  }

  /** @throws GraphloomError `MODEL_LOAD_FAILED` when its folder is not allowed any more. */
  filesOf(version: ModelVersionDocument): ModelFiles {
    const { source, checksums } = version
    const folder = this.folderOf(version)
    if (source.kind === 'BUNDLED') return { folder, checksums }
    if (source.kind === 'HUB') return { folder, root: folder, checksums }
    if (!this.#options.folders.isAllowed(source.root))
      throw new GraphloomError(
        'MODEL_LOAD_FAILED',
        'The model’s folder is not below one of GRAPHLOOM_MODEL_FOLDERS any more.',
      )
    return { folder, root: source.root, checksums, ...(source.file !== null && { graphFile: source.file }) }
  }

  /** Brings the models that come with the server into the store; what is there stays as it is. */
  async registerBundled(models: readonly BundledModel[]): Promise<void> {
    for (const model of models) await this.#registerBundled(model)
  }

  /** The version that "name", "name:version" or "name@alias" means. @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`. */
  async requireByReference(reference: string, path = 'model'): Promise<ModelVersionDocument> {
    const match = REFERENCE.exec(reference)
    if (!match) throw invalidInput(path, 'must be "name", "name:version" or "name@alias".')
    const [, name = '', separator, qualifier] = match
    const { store } = this.#options
    const model = await store.getModelByName(name)
    if (!model) throw notFound('model', name)
    if (separator === ':') {
      const version = await store.getVersionByName(model.id, qualifier ?? '')
      if (!version) throw notFound('model version', reference)
      return version
    }
    const alias = await store.getAlias(model.id, qualifier ?? DEFAULT_ALIAS)
    if (!alias) throw notFound('alias', `${name}@${qualifier ?? DEFAULT_ALIAS}`)
    return store.requireVersion(alias.modelVersionId)
  }

  async setAlias(name: string, versionId: string, setBy: string): Promise<ModelAliasDocument> {
    checkAliasName(name)
    const version = await this.#options.store.requireVersion(versionId)
    return this.#options.store.putAlias(version.modelId, name, version.id, setBy)
  }

  async deleteAlias(modelName: string, name: string): Promise<ModelAliasDocument> {
    if (name === DEFAULT_ALIAS)
      throw new GraphloomError(
        'CONFLICT',
        `"${DEFAULT_ALIAS}" is what a model's name alone means; set it to another version instead.`,
      )
    const model = await this.#options.store.getModelByName(modelName)
    const alias = model && (await this.#options.store.getAlias(model.id, name))
    if (!alias) throw notFound('alias', `${modelName}@${name}`)
    await this.#options.store.deleteAlias(alias)
    return alias
  }

  async #registerBundled(bundled: BundledModel): Promise<void> {
    const { store, runtime, modelsDirectory } = this.#options
    let model = await store.getModelByName(bundled.name)
    let version = model && (await store.getVersionByName(model.id, bundled.version))
    if (model && version && (await store.getAlias(model.id, DEFAULT_ALIAS))) return
    const description = await runtime.describe(path.join(modelsDirectory, bundled.folder))
    model ??= await store.insertModel({
      name: bundled.name,
      task: description.task,
      description: bundled.description,
      license: bundled.license,
    })
    version ??= await store.insertVersion({
      modelId: model.id,
      modelName: model.name,
      version: bundled.version,
      ...description,
      source: { kind: 'BUNDLED', folder: bundled.folder, origin: bundled.origin },
      sha256: manifestHash(bundled.checksums),
      checksums: bundled.checksums,
      ...NEVER_LOADED,
    })
    await store.putAlias(model.id, DEFAULT_ALIAS, version.id, 'server')
  }
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkAliasName(name: string): void {
  if (!ALIAS.test(name))
    throw invalidInput('name', 'must be 1 to 64 characters of a–z, 0–9, ".", "_" and "-", and begin with a letter.')
}

/** SHA-256 of the sorted lines `<sha256>  <file>`. */
export function manifestHash(checksums: Readonly<Record<string, string>>): string {
  const lines = Object.entries(checksums).map(([file, sha256]) => `${sha256}  ${file}\n`)
  return createHash('sha256').update(lines.sort().join('')).digest('hex')
}
