import { createHash, randomFillSync } from 'node:crypto'

/** The prefix of an id says what kind of object it names. */
export const ID_PREFIXES = {
  prediction: 'pred',
  batchResults: 'bres',
  model: 'model',
  modelVersion: 'mver',
  modelAlias: 'malias',
  runner: 'run',
  blob: 'blob',
  upload: 'upl',
  uploadPart: 'upart',
  task: 'task',
  taskQueue: 'queue',
  taskGraph: 'graph',
  worker: 'worker',
  schedule: 'sched',
  knowledgeBase: 'kb',
  generation: 'gen',
  snapshot: 'snap',
  document: 'doc',
  documentVersion: 'dver',
  chunkSet: 'cset',
  chunk: 'chunk',
  removal: 'gone',
  answer: 'ans',
  evaluation: 'eval',
  evaluationPart: 'epart',
  error: 'err',
  server: 'srv',
} as const

export type IdKind = keyof typeof ID_PREFIXES

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** A part of an object has its id with its own number behind, a part of a part two. */
const ID_BODY = /^[0-9a-hjkmnp-tv-z]{26}(?:_\d{1,9}){0,2}$/

let lastMs = 0
let counter = 0
/** Random bytes for the next ids: to ask for them one by one costs more than the rest of an id. */
const random = Buffer.alloc(4_096)
let used = random.length

function takeRandom(count: number): Buffer {
  if (used + count > random.length) {
    randomFillSync(random)
    used = 0
  }
  used += count
  return random.subarray(used - count, used)
}

/**
 * A UUIDv7 (RFC 9562: 48 bits of Unix milliseconds, a 12-bit counter that orders ids of one millisecond, 62 random
 * bits) as 26 characters of Crockford's base 32: sorts as text by creation within a process.
 */
export function createId(kind: IdKind, nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs
    counter = takeRandom(2).readUInt16BE() & 0x3ff
  } else if (++counter > 0xfff) {
    lastMs++
    counter = 0
  }
  const bytes = takeRandom(16)
  bytes.writeUIntBE(lastMs, 0, 6)
  bytes[6] = 0x70 | (counter >> 8)
  bytes[7] = counter & 0xff
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return `${ID_PREFIXES[kind]}_${base32(bytes)}`
}

/** The id that an object of this kind has by what it is named by, so that making it twice makes it once. */
export const deriveId = (kind: IdKind, ...names: readonly (string | number)[]): string =>
  `${ID_PREFIXES[kind]}_${base32(createHash('sha256').update(JSON.stringify(names)).digest().subarray(0, 16))}`

/** The id of an object that belongs with another: it differs in its kind alone. */
export const toIdOfKind = (kind: IdKind, id: string): string => `${ID_PREFIXES[kind]}_${id.slice(id.indexOf('_') + 1)}`

/** The kind that an id's prefix names, or null when it is not an id of this server. */
export function parseIdKind(id: string): IdKind | null {
  const at = id.indexOf('_')
  if (at < 0 || !ID_BODY.test(id.slice(at + 1))) return null
  const prefix = id.slice(0, at)
  for (const kind of Object.keys(ID_PREFIXES) as IdKind[]) if (ID_PREFIXES[kind] === prefix) return kind
  return null
}

/** 128 bits as 26 characters of 5 bits, two zero bits before them. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 2
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >> (bits - 5)) & 31)
    held &= 31
  }
  return text
}
