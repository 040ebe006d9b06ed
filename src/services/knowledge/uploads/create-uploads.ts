import type { DocumentStore } from '../../../ports/document-store.js'
import { UploadContent } from './upload-content.js'
import { UploadStore } from './upload-store.js'
import { UploadsService, type UploadsServiceOptions } from './uploads.service.js'

export type UploadsOptions = Omit<UploadsServiceOptions, 'store' | 'content'> & { readonly documents: DocumentStore }

/** Wires what takes uploads. */
export function createUploads(options: UploadsOptions): UploadsService {
  const store = new UploadStore(options.documents)
  return new UploadsService({ ...options, store, content: new UploadContent({ ...options, store }) })
}
