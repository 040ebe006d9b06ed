/**
 * The characters by which byte-level BPE writes bytes (GPT-2's `bytes_to_unicode`): printable Latin-1 as itself, the
 * rest from U+0100 on.
 */
export function byteLevelAlphabet(): ReadonlyMap<string, number> {
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  const alphabet = new Map<string, number>()
  let next = 0x100
  for (let byte = 0; byte < 0x100; byte++) alphabet.set(String.fromCharCode(isPrintable(byte) ? byte : next++), byte)
  return alphabet
}
