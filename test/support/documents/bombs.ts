import { constants, deflateRawSync } from 'node:zlib'

const PIECE_BYTES = 1 << 20
const ZLIB_HEADER = Buffer.from([0x78, 0x9c])
const CHECKSUM_BYTES = 4

/** Packed bytes that inflate to the piece so many times: each stands for itself, so that they are packed only once. */
export function packRepeated(piece: Uint8Array, times: number): Buffer {
  const packed = deflateRawSync(piece, { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([...Array<Buffer>(times).fill(packed), deflateRawSync('')])
}

/** Packed spaces of so many MiB. */
export const packSpaces = (mib: number): Buffer => packRepeated(Buffer.alloc(PIECE_BYTES, ' '), mib)

/** The same as a zlib stream, as PDF has them; its checksum is nobody's. */
export const toZlib = (packed: Uint8Array): Buffer => Buffer.concat([ZLIB_HEADER, packed, Buffer.alloc(CHECKSUM_BYTES)])
