import type { ParentFailurePolicy } from '../../src/domain/task-graph.js'
import { createRandom } from './random.js'

export interface PlannedTask {
  readonly fails: boolean
  /** By their places, all before this one. */
  readonly parents: readonly { readonly at: number; readonly onFailure: ParentFailurePolicy }[]
}

const MAX_PARENTS = 4

/** A random graph without SKIP, so that it can end in one way alone. */
export function planGraph(seed: number, count: number): PlannedTask[] {
  const random = createRandom(seed)
  const below = (most: number): number => Math.floor(random() * most)
  return Array.from({ length: count }, (_, at) => {
    const parents = new Set(Array.from({ length: below(MAX_PARENTS + 1) }, () => below(Math.max(1, at))))
    return {
      fails: random() < 0.05,
      parents:
        at === 0 ? [] : [...parents].map((parent) => ({ at: parent, onFailure: random() < 0.5 ? 'FAIL' : 'CONTINUE' })),
    }
  })
}

/** How each task of a plan must end, and the outputs that it must have been given. */
export function plannedEnds(
  plan: readonly PlannedTask[],
): { readonly state: string; readonly of: (number | null)[] }[] {
  const ends: { readonly state: string; readonly of: (number | null)[] }[] = []
  for (const { fails, parents } of plan) {
    const isHeldUp = parents.some(({ at, onFailure }) => ends[at]!.state !== 'SUCCEEDED' && onFailure === 'FAIL')
    const of = parents.map(({ at }) => (ends[at]!.state === 'SUCCEEDED' ? at : null))
    ends.push({ state: fails || isHeldUp ? 'FAILED' : 'SUCCEEDED', of })
  }
  return ends
}
