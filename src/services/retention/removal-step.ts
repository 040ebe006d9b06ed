import type { Page, PageRequest } from '../../kernel/pages.js'

/**
 * Deletes what may go of some objects; gives the cursor after which the next step begins, null when nothing is left.
 * What stays for the time being is passed over, and seen again in the next round.
 */
export type RemovalStep = (page: PageRequest) => Promise<string | null>

export async function removeAll<T>(
  { items, hasNextPage }: Page<T>,
  remove: (one: T) => Promise<unknown>,
): Promise<string | null> {
  for (const { node } of items) await remove(node)
  return hasNextPage ? items.at(-1)!.cursor : null
}
