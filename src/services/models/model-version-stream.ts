import type { ModelVersionDocument } from '../../domain/model.js'
import type { StreamSource } from '../streams/streams.js'
import type { ModelStore, ModelVersionStatus } from './model-store.js'

const APPROXIMATE_EVENT_BYTES = 1_024

/** The stream of a model version: each event is the version as it was then. It does not end while the version exists. */
export function createModelVersionSource(
  store: ModelStore,
  registered: ModelVersionDocument,
): StreamSource<ModelVersionDocument, ModelVersionDocument, ModelVersionDocument> {
  let known = registered
  return {
    requireDocument: () => store.requireVersion(registered.id),
    toSnapshot: (document) => Promise.resolve(document),
    toEndReason: () => 'FINISHED',
    toEvent: (event) => {
      const change = event.data as unknown as Omit<ModelVersionStatus, 'revision' | 'updatedAt'>
      const revision = event.revision ?? registered.revision
      // What the files say is told once, when all of them are here.
      known = { ...known, ...change, revision, updatedAt: event.at }
      return known
    },
    join: () => null,
    maxJoinedBytes: 0,
    sizeBytes: () => APPROXIMATE_EVENT_BYTES,
  }
}
