/** Vectors as they are stored: 32-bit floats, little-endian, in base 64. */
export function encodeVectors(vectors: readonly Float32Array[]): string {
  const bytes = Buffer.alloc(vectors.reduce((total, { length }) => total + 4 * length, 0))
  let at = 0
  for (const vector of vectors) for (const one of vector) at = bytes.writeFloatLE(one, at)
  return bytes.toString('base64')
}

export function decodeVectors(text: string, count: number): Float32Array[] {
  const bytes = Buffer.from(text, 'base64')
  const dimensions = count === 0 ? 0 : bytes.length / 4 / count
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: dimensions }, (_one, j) => bytes.readFloatLE(4 * (i * dimensions + j))),
  )
}
