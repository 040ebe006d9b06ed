import { createId } from '../../kernel/ids.js'
import { isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { AliasSetting, ModelAliasDocument, ModelDocument, ModelVersionDocument } from '../../domain/model.js'
import { SERVER_TENANT_ID } from '../../domain/principal.js'
import { STREAM_ENDED } from '../../domain/stream.js'
import type { CollectionDefinition, DocumentBody, DocumentStore, Scope } from '../../ports/document-store.js'
import type { NewEvent } from '../../ports/event-log.js'
import type { ModelDescription } from '../../ports/model-runtime.js'
import { findFirst } from '../document-reads.js'
import { KeptReads } from './kept-reads.js'

export const MODELS: CollectionDefinition<ModelDocument> = {
  name: 'models',
  version: 1,
  fields: { name: 'string' },
  indexes: [{ name: 'models_name', fields: ['name'], unique: true }],
}

export const MODEL_VERSIONS: CollectionDefinition<ModelVersionDocument> = {
  name: 'model_versions',
  version: 1,
  fields: { modelId: 'string', version: 'string' },
  indexes: [{ name: 'model_versions_version', fields: ['modelId', 'version'], unique: true }],
}

export const MODEL_ALIASES: CollectionDefinition<ModelAliasDocument> = {
  name: 'model_aliases',
  version: 1,
  fields: { modelId: 'string', name: 'string' },
  indexes: [{ name: 'model_aliases_name', fields: ['modelId', 'name'], unique: true }],
}

const SERVER_SCOPE: Scope = { tenantId: SERVER_TENANT_ID }
const MAX_ROWS = 1_000
/** What an alias named before is kept of so many changes. */
const KEPT_SETTINGS = 50

/** Type of the event that carries a version as it is after a change. */
export const MODEL_VERSION_CHANGED = 'ModelVersionChanged'

/** The parts of a version that change; what is fixed at registration is not repeated in each event. */
export type ModelVersionStatus = Pick<
  ModelVersionDocument,
  | 'revision'
  | 'updatedAt'
  | 'state'
  | 'stateReason'
  | 'loadProgress'
  | 'residentBytes'
  | 'loadedAt'
  | 'lastUsedAt'
  | 'settings'
>

/** What a version is before it was ever loaded. */
export const NEVER_LOADED = {
  state: 'UNLOADED',
  stateReason: null,
  loadProgress: null,
  residentBytes: null,
  loadedAt: null,
  lastUsedAt: null,
} as const

/** What is known of a version when all its files are here. */
export type ModelVersionFiles = Omit<ModelDescription, 'task'> & Pick<ModelVersionDocument, 'sha256' | 'checksums'>

export type ModelVersionPatch = Partial<
  Omit<ModelVersionStatus, 'revision' | 'updatedAt'> & Pick<ModelVersionDocument, 'loadBytes'>
>

/** Models, versions and aliases in the document store. They belong to the server. */
export class ModelStore {
  readonly #documents: DocumentStore
  /** What every request for a prediction asks. */
  readonly #kept = new KeptReads()

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  async listModels(): Promise<ModelDocument[]> {
    const page = await this.#documents.find(MODELS, SERVER_SCOPE, {
      orderBy: [{ field: 'name', direction: 'asc' }],
      page: { limit: MAX_ROWS, cursor: null, backward: false },
    })
    return page.items.map((item) => item.node)
  }

  getModels(ids: readonly string[]): Promise<(ModelDocument | null)[]> {
    return this.#documents.getMany(MODELS, SERVER_SCOPE, ids)
  }

  getModelByName(name: string): Promise<ModelDocument | null> {
    return this.#first(MODELS, { name: { eq: name } })
  }

  getVersions(ids: readonly string[]): Promise<(ModelVersionDocument | null)[]> {
    return this.#documents.getMany(MODEL_VERSIONS, SERVER_SCOPE, ids)
  }

  requireVersion(id: string): Promise<ModelVersionDocument> {
    return this.#kept.read(id, () => this.#requireVersion(id))
  }

  async #requireVersion(id: string): Promise<ModelVersionDocument> {
    const version = await this.#documents.get(MODEL_VERSIONS, SERVER_SCOPE, id)
    if (!version) throw notFound('model version', id)
    return version
  }

  getVersionByName(modelId: string, version: string): Promise<ModelVersionDocument | null> {
    return this.#first(MODEL_VERSIONS, { modelId: { eq: modelId }, version: { eq: version } })
  }

  listVersions(modelIds: readonly string[]): Promise<ModelVersionDocument[]> {
    return this.#all(MODEL_VERSIONS, modelIds)
  }

  listAliases(modelIds: readonly string[]): Promise<ModelAliasDocument[]> {
    return this.#all(MODEL_ALIASES, modelIds)
  }

  getAlias(modelId: string, name: string): Promise<ModelAliasDocument | null> {
    return this.#first(MODEL_ALIASES, { modelId: { eq: modelId }, name: { eq: name } })
  }

  insertModel(model: Omit<DocumentBody<ModelDocument>, 'id' | 'tenantId'>): Promise<ModelDocument> {
    const document = { id: createId('model'), tenantId: SERVER_TENANT_ID, ...model }
    return this.#kept.write(() => this.#documents.insert(MODELS, document))
  }

  insertVersion(
    version: Omit<DocumentBody<ModelVersionDocument>, 'id' | 'tenantId'>,
    id: string = createId('modelVersion'),
  ): Promise<ModelVersionDocument> {
    const document = { id, tenantId: SERVER_TENANT_ID, ...version }
    const events = [changed(document)]
    return this.#kept.write(() => this.#documents.insert(MODEL_VERSIONS, document, { events }))
  }

  /** Replaces the model as it was read. @throws GraphloomError `CONFLICT` when it was changed meanwhile. */
  updateModel(model: ModelDocument): Promise<ModelDocument> {
    return this.#kept.write(() => this.#documents.update(MODELS, SERVER_SCOPE, model.revision, model))
  }

  deleteModel(id: string): Promise<void> {
    return this.#kept.write(() => this.#documents.delete(MODELS, SERVER_SCOPE, id))
  }

  /** Deletes the version as it was read; who follows it learns of the end. @throws GraphloomError `CONFLICT`, `NOT_FOUND`. */
  deleteVersion({ id, revision }: ModelVersionDocument): Promise<void> {
    const end: NewEvent = { stream: id, type: STREAM_ENDED, data: { reason: 'FINISHED' }, ends: true }
    const effects = { events: [end], deleteStreams: [id] }
    return this.#kept.write(() => this.#documents.delete(MODEL_VERSIONS, SERVER_SCOPE, id, revision, effects))
  }

  /** Applies a change to whatever the version is by now, and tells of it. */
  async patchVersion(
    id: string,
    patch: ModelVersionPatch | ((current: ModelVersionDocument) => ModelVersionPatch),
    files: Partial<ModelVersionFiles> | null = null,
  ): Promise<ModelVersionDocument> {
    for (;;) {
      const current = await this.#requireVersion(id)
      const next = { ...current, ...(typeof patch === 'function' ? patch(current) : patch), ...files }
      const events = [changed(next, files)]
      try {
        return await this.#kept.write(() =>
          this.#documents.update(MODEL_VERSIONS, SERVER_SCOPE, current.revision, next, { events }),
        )
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT')) throw error
      }
    }
  }

  /** Points the alias at the version, whether it was there before or not. */
  async putAlias(modelId: string, name: string, modelVersionId: string, setBy: string): Promise<ModelAliasDocument> {
    for (;;) {
      const current = await this.#find(MODEL_ALIASES, { modelId: { eq: modelId }, name: { eq: name } })
      const alias = current ?? { id: createId('modelAlias'), tenantId: SERVER_TENANT_ID, modelId, name }
      const next = { ...alias, modelVersionId, setBy, history: toHistory(current) }
      try {
        return await this.#kept.write(() =>
          current
            ? this.#documents.update(MODEL_ALIASES, SERVER_SCOPE, current.revision, next)
            : this.#documents.insert(MODEL_ALIASES, next),
        )
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT')) throw error
      }
    }
  }

  async deleteAlias(alias: ModelAliasDocument): Promise<void> {
    await this.#kept.write(() => this.#documents.delete(MODEL_ALIASES, SERVER_SCOPE, alias.id, alias.revision))
  }

  #first<T extends ModelDocument | ModelVersionDocument | ModelAliasDocument>(
    collection: CollectionDefinition<T>,
    filter: Record<string, { eq: string }>,
  ): Promise<T | null> {
    const values = Object.values(filter).map(({ eq }) => eq)
    return this.#kept.read(JSON.stringify([collection.name, ...values]), () => this.#find(collection, filter))
  }

  #find<T extends ModelDocument | ModelVersionDocument | ModelAliasDocument>(
    collection: CollectionDefinition<T>,
    filter: Record<string, { eq: string }>,
  ): Promise<T | null> {
    return findFirst(this.#documents, { collection, scope: SERVER_SCOPE, filter })
  }

  async #all<T extends ModelVersionDocument | ModelAliasDocument>(
    collection: CollectionDefinition<T>,
    modelIds: readonly string[],
  ): Promise<T[]> {
    const page = await this.#documents.find(collection, SERVER_SCOPE, {
      filter: { modelId: { in: modelIds } },
      page: { limit: MAX_ROWS, cursor: null, backward: false },
    })
    return page.items.map((item) => item.node)
  }
}

/** What an alias named before it is set anew. */
function toHistory(alias: ModelAliasDocument | null): readonly AliasSetting[] {
  if (!alias) return []
  const { modelVersionId, setBy, updatedAt: setAt, history = [] } = alias
  return [{ modelVersionId, setBy, setAt }, ...history].slice(0, KEPT_SETTINGS)
}

function changed(
  version: DocumentBody<ModelVersionDocument>,
  files: Partial<ModelVersionFiles> | null = null,
): NewEvent {
  const { state, stateReason, loadProgress, residentBytes, loadedAt, lastUsedAt, settings = {} } = version
  const data = { state, stateReason, loadProgress, residentBytes, loadedAt, lastUsedAt, settings, ...files }
  return { stream: version.id, type: MODEL_VERSION_CHANGED, data: data as unknown as Json }
}
