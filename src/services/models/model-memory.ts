import type { ModelVersionDocument } from '../../domain/model.js'

const MIB = 2 ** 20
/** A process with ONNX Runtime and a tokenizer's vocabulary, before any weights: 106 MiB were measured. */
const PROCESS_BYTES = 128 * MIB
/** Weights are read once more while their checksums are compared, and ONNX Runtime keeps a part of them in a second layout; 1.6 to 1.9 times their size was measured. */
const BYTES_PER_WEIGHT_BYTE = 2

/**
 * Memory that a version's process needs, bytes: the most that its last load took, or a sum before there was one, and what
 * its work may come to need.
 */
export const requiredBytes = (
  { sizeBytes }: Pick<ModelVersionDocument, 'sizeBytes'>,
  { loadBytes, workingBytes }: { readonly loadBytes: number | undefined; readonly workingBytes: number },
): number => (loadBytes ?? PROCESS_BYTES + BYTES_PER_WEIGHT_BYTE * sizeBytes) + workingBytes
