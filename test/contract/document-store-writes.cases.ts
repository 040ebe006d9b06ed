import { expect } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import { type Scope, SYSTEM_SCOPE } from '../../src/ports/document-store.js'
import { ACME, codeOf, firstPage, type StoreTest, type Widget, widget, WIDGETS } from './document-store.fixture.js'

const MIB = 1_048_576
const PARALLEL = 32

const parallel = <T>(run: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: PARALLEL }, (_, at) => run(at)))

/** Single writes: what they change, when they are refused, who may make them. */
export function runWriteCases(storeTest: StoreTest): void {
  storeTest('a document lives from insert to delete', async ({ store }) => {
    const inserted = await store.insert(
      WIDGETS,
      widget('w1', { state: 'NEW', extra: { deep: [1, null, { a: true }] } }),
    )
    expect(inserted).toMatchObject({ id: 'w1', tenantId: 'acme', revision: 1, state: 'NEW' })
    expect(inserted.updatedAt).toBe(inserted.createdAt)
    expect(await store.get(WIDGETS, ACME, 'w1')).toEqual(inserted)
    const updated = await store.update(WIDGETS, ACME, 1, { ...inserted, state: 'OLD', extra: undefined })
    expect(updated).toMatchObject({ id: 'w1', revision: 2, state: 'OLD', createdAt: inserted.createdAt })
    expect(updated.updatedAt).toBeGreaterThanOrEqual(inserted.updatedAt)
    expect('extra' in updated).toBe(false)
    expect(await store.get(WIDGETS, ACME, 'w1')).toEqual(updated)
    await store.delete(WIDGETS, ACME, 'w1', 2)
    expect(await store.get(WIDGETS, ACME, 'w1')).toBeNull()
    expect(await store.insert(WIDGETS, widget('w1'))).toMatchObject({ revision: 1 })
  })

  storeTest('what is not there, or has another revision, is not written', async ({ store }) => {
    await store.insert(WIDGETS, widget('w1', { rank: 1 }))
    expect(await codeOf(store.insert(WIDGETS, widget('w1', { rank: 2 })))).toBe('CONFLICT')
    expect(await codeOf(store.insert(WIDGETS, { ...widget('w1'), tenantId: 'other' }))).toBe('CONFLICT')
    expect(await codeOf(store.update(WIDGETS, ACME, 1, widget('w2')))).toBe('NOT_FOUND')
    expect(await codeOf(store.update(WIDGETS, ACME, 2, widget('w1')))).toBe('CONFLICT')
    expect(await codeOf(store.update(WIDGETS, ACME, 0, widget('w1')))).toBe('CONFLICT')
    expect(await codeOf(store.delete(WIDGETS, ACME, 'w2'))).toBe('NOT_FOUND')
    expect(await codeOf(store.delete(WIDGETS, ACME, 'w1', 2))).toBe('CONFLICT')
    expect(await store.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision: 1, rank: 1 })
    await store.delete(WIDGETS, ACME, 'w1')
    expect(await codeOf(store.delete(WIDGETS, ACME, 'w1'))).toBe('NOT_FOUND')
  })

  storeTest(`of ${PARALLEL} writers with one revision one wins`, async ({ store }) => {
    await store.insert(WIDGETS, widget('w1', { rank: -1 }))
    const results = await parallel(async (rank) => {
      try {
        return (await store.update(WIDGETS, ACME, 1, widget('w1', { rank }))).rank
      } catch (error) {
        if (error instanceof GraphloomError && error.code === 'CONFLICT') return null
        throw error
      }
    })
    const winners = results.filter((rank) => rank !== null)
    expect(winners).toHaveLength(1)
    expect(await store.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision: 2, rank: winners[0] })
  })

  storeTest(`${PARALLEL} writers that try again lose no update`, async ({ store }) => {
    await store.insert(WIDGETS, widget('w1', { rank: 0 }))
    const revisions = await parallel(async () => {
      for (;;) {
        const current = await store.get(WIDGETS, ACME, 'w1')
        if (!current) throw new Error('The document is gone.')
        try {
          const next = { ...current, rank: (current.rank ?? 0) + 1 }
          return (await store.update(WIDGETS, ACME, current.revision, next)).revision
        } catch (error) {
          if (!(error instanceof GraphloomError && error.code === 'CONFLICT')) throw error
        }
      }
    })
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: PARALLEL }, (_, at) => at + 2))
    expect(await store.get(WIDGETS, ACME, 'w1')).toMatchObject({ rank: PARALLEL, revision: PARALLEL + 1 })
  })

  storeTest('a unique key is taken once per tenant, null as often as wanted', async ({ store }) => {
    await store.insert(WIDGETS, widget('w1', { code: 'A' }))
    const refused = store.insert(WIDGETS, widget('w2', { code: 'A' }))
    await expect(refused).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('uniqueCode') as unknown,
    })
    expect(await store.get(WIDGETS, ACME, 'w2')).toBeNull()
    await store.insert(WIDGETS, { ...widget('w3', { code: 'A' }), tenantId: 'other' })
    await store.insert(WIDGETS, widget('w4', { code: null }))
    await store.insert(WIDGETS, widget('w5', { code: null }))
    await store.insert(WIDGETS, widget('w6'))
    await store.insert(WIDGETS, widget('w7'))
    expect(await codeOf(store.update(WIDGETS, ACME, 1, widget('w4', { code: 'A' })))).toBe('CONFLICT')
    expect(await store.get(WIDGETS, ACME, 'w4')).toMatchObject({ revision: 1, code: null })
    await store.update(WIDGETS, ACME, 1, widget('w1', { code: 'B' }))
    await store.update(WIDGETS, ACME, 1, widget('w4', { code: 'A' }))
    await store.delete(WIDGETS, ACME, 'w4')
    await store.insert(WIDGETS, widget('w8', { code: 'A' }))
  })

  storeTest('of racing writers of one unique key one wins', async ({ store }) => {
    const codes = await parallel(async (at) => {
      const error = await store.insert(WIDGETS, widget(`w${at}`, { code: 'A' })).then(
        () => null,
        (reason: unknown) => reason,
      )
      return error instanceof GraphloomError ? error.code : error
    })
    expect(codes.filter((code) => code === null)).toHaveLength(1)
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(PARALLEL - 1)
    expect(await store.count(WIDGETS, ACME, { code: { eq: 'A' } })).toBe(1)
  })

  storeTest('a document of another tenant is as one that does not exist, in every operation', async ({ store }) => {
    const other: Scope = { tenantId: 'other' }
    await store.insert(WIDGETS, widget('w1', { rank: 1, state: 'S' }))
    expect(await store.get(WIDGETS, other, 'w1')).toBeNull()
    expect(await store.getMany(WIDGETS, other, ['w1'])).toEqual([null])
    expect(await codeOf(store.update(WIDGETS, other, 1, widget('w1')))).toBe('NOT_FOUND')
    expect(await codeOf(store.update(WIDGETS, other, 1, { ...widget('w1'), tenantId: 'other' }))).toBe('NOT_FOUND')
    expect(await codeOf(store.delete(WIDGETS, other, 'w1'))).toBe('NOT_FOUND')
    expect((await store.find(WIDGETS, other, { page: firstPage(10) })).items).toEqual([])
    expect((await store.find(WIDGETS, other, { filter: { state: { eq: 'S' } }, page: firstPage(10) })).items).toEqual(
      [],
    )
    expect(await store.count(WIDGETS, other)).toBe(0)
    expect(await store.groupSum(WIDGETS, other, { by: ['state'], sum: 'rank' })).toEqual([])
    expect(await codeOf(store.update(WIDGETS, ACME, 1, { ...widget('w1'), tenantId: 'other' }))).toBe('INVALID_INPUT')
    expect(await store.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision: 1, rank: 1 })
  })

  storeTest('the system scope reaches every tenant', async ({ store }) => {
    for (const tenantId of ['a', 'b', 'c'])
      for (const state of ['S', 'T'])
        await store.insert(WIDGETS, { id: `${tenantId}${state}`, tenantId, state, rank: 2 })
    expect(await store.get(WIDGETS, SYSTEM_SCOPE, 'bS')).toMatchObject({ tenantId: 'b' })
    expect((await store.getMany(WIDGETS, SYSTEM_SCOPE, ['cT', 'aS'])).map((w) => w?.id)).toEqual(['cT', 'aS'])
    const found = await store.find(WIDGETS, SYSTEM_SCOPE, { filter: { state: { eq: 'S' } }, page: firstPage(10) })
    expect(found.items.map(({ node }) => node.id)).toEqual(['aS', 'bS', 'cS'])
    expect(await store.count(WIDGETS, SYSTEM_SCOPE)).toBe(6)
    expect(await store.groupSum(WIDGETS, SYSTEM_SCOPE, { by: ['state'], sum: 'rank' })).toEqual([
      { key: ['S'], count: 3, sum: 6 },
      { key: ['T'], count: 3, sum: 6 },
    ])
    await store.update(WIDGETS, SYSTEM_SCOPE, 1, { id: 'aS', tenantId: 'a', state: 'U' })
    await store.delete(WIDGETS, SYSTEM_SCOPE, 'cS', 1)
    expect(await store.count(WIDGETS, SYSTEM_SCOPE, { state: { eq: 'S' } })).toBe(1)
  })

  storeTest('a document may have just under 1 MiB', async ({ store }) => {
    const text = 'x'.repeat(MIB - 1_024)
    const inserted = await store.insert(WIDGETS, widget('big', { text }))
    expect(inserted.text === text).toBe(true)
    expect((await store.get(WIDGETS, ACME, 'big'))?.text === text).toBe(true)
    const longer = 'é'.repeat(MIB / 2 + 64)
    expect(await codeOf(store.insert(WIDGETS, widget('bigger', { text: longer })))).toBe('INVALID_INPUT')
    expect(await codeOf(store.update(WIDGETS, ACME, 1, widget('big', { text: longer })))).toBe('INVALID_INPUT')
    expect(await store.get(WIDGETS, ACME, 'bigger')).toBeNull()
    expect((await store.get(WIDGETS, ACME, 'big'))?.revision).toBe(1)
  })

  storeTest('text is kept as it is', async ({ store }) => {
    const texts = [
      '',
      'e\u0301',
      'é',
      '👩‍👩‍👧',
      '\u{10FFFF}\u{10000}',
      '\uFFFF\uFEFF',
      'a\r\n\t"\\\u007f\u2028',
      '$where.x',
      '__proto__',
    ]
    for (const [at, text] of texts.entries()) {
      const extra = { [`k${text}`]: text, list: [text] }
      const inserted = await store.insert(WIDGETS, widget(`u${at}`, { label: text, text, extra }))
      expect(inserted).toMatchObject({ label: text, text, extra })
      expect(await store.get(WIDGETS, ACME, `u${at}`)).toEqual(inserted)
      const found = await store.find(WIDGETS, ACME, { filter: { label: { eq: text } }, page: firstPage(10) })
      expect(found.items.map(({ node }) => node.id)).toEqual([`u${at}`])
    }
  })

  storeTest('odd text is kept as it is or refused, never changed', async ({ store }) => {
    const odd = ['a\0b', '\0', '\ud800', 'x\udc00y', '\udc00\ud800']
    for (const [at, text] of odd.entries())
      for (const field of ['text', 'label', 'extra'] as const) {
        const document: Partial<Record<keyof Widget, unknown>> = { ...widget(`o${at}${field}`), [field]: text }
        try {
          const inserted = await store.insert(WIDGETS, document as unknown as Widget)
          expect(inserted[field]).toBe(text)
          expect((await store.get(WIDGETS, ACME, inserted.id))?.[field]).toBe(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_INPUT' })
          expect(await store.get(WIDGETS, ACME, `o${at}${field}`)).toBeNull()
        }
      }
  })

  storeTest('a declared field holds its kind or null', async ({ store }) => {
    const wrong = [{ rank: '1' }, { label: 1 }, { flag: 'true' }, { state: { a: 1 } }, { code: ['x'] }]
    for (const fields of wrong) {
      const document = { ...widget('w1'), ...fields } as unknown as Widget
      expect(await codeOf(store.insert(WIDGETS, document))).toBe('INVALID_INPUT')
    }
    await store.insert(WIDGETS, widget('w1', { rank: null, flag: false }))
    expect(await store.count(WIDGETS, ACME, { flag: { eq: false } })).toBe(1)
  })

  storeTest('a call whose signal has aborted rejects with its reason', async ({ store }) => {
    await store.insert(WIDGETS, widget('w1'))
    const reason = new Error('enough')
    const options = { signal: AbortSignal.abort(reason) }
    const calls = [
      store.get(WIDGETS, ACME, 'w1', options),
      store.getMany(WIDGETS, ACME, ['w1'], options),
      store.insert(WIDGETS, widget('w2'), {}, options),
      store.update(WIDGETS, ACME, 1, widget('w1'), {}, options),
      store.delete(WIDGETS, ACME, 'w1', 1, {}, options),
      store.find(WIDGETS, ACME, { page: firstPage(1) }, options),
      store.count(WIDGETS, ACME, {}, options),
      store.groupSum(WIDGETS, ACME, { by: ['state'] }, options),
      store.check(options),
    ]
    for (const result of await Promise.allSettled(calls)) expect(result).toEqual({ status: 'rejected', reason })
    expect(await store.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision: 1 })
    expect(await store.get(WIDGETS, ACME, 'w2')).toBeNull()
  })

  storeTest('a write that is aborted under way took place or not', async ({ store }) => {
    const reason = new Error('enough')
    const results = await parallel(async (at) => {
      const controller = new AbortController()
      const writing = store.insert(WIDGETS, widget(`w${at}`), {}, { signal: controller.signal })
      for (let ticks = 0; ticks < at; ticks++) await Promise.resolve()
      controller.abort(reason)
      return writing.then(
        () => true,
        (error: unknown) => error === reason,
      )
    })
    expect(results).not.toContain(false)
    // A write behind them is answered after them.
    await store.insert(WIDGETS, widget('last'))
    for (const found of await store.getMany(
      WIDGETS,
      ACME,
      Array.from({ length: PARALLEL }, (_, at) => `w${at}`),
    ))
      if (found) expect(found.revision).toBe(1)
  })

  storeTest('a read sees every write that resolved before it', async ({ store }) => {
    await parallel(async (at) => {
      for (let step = 0; step < 5; step++) {
        const id = `w${at}.${step}`
        await store.insert(WIDGETS, widget(id, { label: id }))
        expect(await store.get(WIDGETS, ACME, id)).not.toBeNull()
        expect(await store.count(WIDGETS, ACME, { label: { eq: id } })).toBe(1)
        await store.update(WIDGETS, ACME, 1, widget(id, { label: null }))
        expect(await store.count(WIDGETS, ACME, { label: { eq: id } })).toBe(0)
      }
    })
  })

  storeTest('many are read in the order asked for', async ({ store }) => {
    for (const id of ['a', 'b', 'c']) await store.insert(WIDGETS, widget(id))
    const found = await store.getMany(WIDGETS, ACME, ['c', 'x', 'a', 'c'])
    expect(found.map((w) => w?.id ?? null)).toEqual(['c', null, 'a', 'c'])
    expect(await store.getMany(WIDGETS, ACME, [])).toEqual([])
    const tooMany = Array.from({ length: 1_001 }, (_, at) => `w${at}`)
    expect(await codeOf(store.getMany(WIDGETS, ACME, tooMany))).toBe('INVALID_INPUT')
  })
}
