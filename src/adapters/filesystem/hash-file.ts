import type { Hash } from 'node:crypto'
import { open } from 'node:fs/promises'

const READ_BYTES = 1 << 20

/** Updates a hash with a file's content; `onRead` hears of each part's bytes. One part is read while another is hashed. */
export async function hashFile(
  path: string,
  hash: Hash,
  { signal, onRead }: { readonly signal: AbortSignal; readonly onRead: (bytes: number) => void },
): Promise<void> {
  await using file = await open(path)
  let [current, next] = [Buffer.allocUnsafeSlow(READ_BYTES), Buffer.allocUnsafeSlow(READ_BYTES)]
  let { bytesRead } = await file.read(current, 0, READ_BYTES)
  while (bytesRead > 0) {
    signal.throwIfAborted()
    const reading = file.read(next, 0, READ_BYTES)
    hash.update(current.subarray(0, bytesRead))
    const hashed = bytesRead
    ;({ bytesRead } = await reading)
    onRead(hashed)
    ;[current, next] = [next, current]
  }
}
