import { setPriority } from 'node:os'
import type { DocumentText } from '../../domain/document-text.js'
import { serveParent, type CallContext } from '../child-process/serve-parent.js'
import { parseDocument, type ParseParams } from './parse-document.js'
import type { ParsedPart, ParserCall } from './parser-protocol.js'
import { sealProcess, watchMemory } from './seal-process.js'

/** As a runner's: the server answers while documents are read. */
const NICENESS = 2
const PART_CHARACTERS = 1 << 20
const PART_SEGMENTS = 2_000

setPriority(NICENESS)

let pieces: Uint8Array[] = []
let isSealed = false

const handlers: Record<ParserCall, Parameters<typeof serveParent>[0][string]> = {
  start: async ({ maxMemoryBytes }: { maxMemoryBytes: number }) => {
    if (!isSealed) {
      await watchMemory(maxMemoryBytes)
      sealProcess()
      isSealed = true
    }
    pieces = []
  },
  append: async (piece: Uint8Array) => {
    pieces.push(piece)
  },
  parse: async (params: ParseParams, { emit }: CallContext) => {
    const bytes = Buffer.concat(pieces.splice(0))
    const { text, segments, ...rest } = await parseDocument(bytes, params)
    await sendParts(text, segments, emit)
    return rest
  },
}

/** In parts, so that the server takes them between other things. */
async function sendParts(
  text: string,
  segments: DocumentText['segments'],
  emit: (part: ParsedPart) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < text.length; at += PART_CHARACTERS) await emit({ text: text.slice(at, at + PART_CHARACTERS) })
  for (let at = 0; at < segments.length; at += PART_SEGMENTS)
    await emit({ segments: segments.slice(at, at + PART_SEGMENTS) })
}

serveParent(handlers)
