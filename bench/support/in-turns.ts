/** Makes `count` calls by `clients` callers, each one after the other. */
export async function inTurns(
  { count, clients }: { readonly count: number; readonly clients: number },
  call: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const client = async (): Promise<void> => {
    while (next < count) await call(next++)
  }
  await Promise.all(Array.from({ length: clients }, client))
}
