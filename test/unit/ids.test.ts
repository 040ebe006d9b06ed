import { describe, expect, test } from 'vitest'
import { createId, parseIdKind } from '../../src/kernel/ids.js'

describe('ids', () => {
  test('sort by creation, also within a millisecond and when the clock goes back', () => {
    const ids = Array.from({ length: 10_000 }, (_, i) =>
      createId('prediction', 1_800_000_000_000 - Math.floor(i / 100)),
    )
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('tell their kind, and nothing else passes for one', () => {
    expect(parseIdKind(createId('modelVersion'))).toBe('modelVersion')
    for (const odd of ['', 'pred', 'pred_', 'pred_123', 'nope_' + createId('task').slice(5), createId('task') + 'x'])
      expect(parseIdKind(odd)).toBeNull()
  })
})
