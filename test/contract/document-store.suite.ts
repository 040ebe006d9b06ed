import { expect, test } from 'vitest'
import { runBatchCases } from './document-store-batches.cases.js'
import { runEffectCases } from './document-store-effects.cases.js'
import { type DocumentStoreFixture, type StoreTest, WIDGETS } from './document-store.fixture.js'
import { runPagingCases } from './document-store-paging.cases.js'
import { runReopenCases } from './document-store-reopen.cases.js'
import { runTextCases } from './document-store-text.cases.js'
import { runWriteCases } from './document-store-writes.cases.js'

/** The contract of `DocumentStore`, for each adapter. */
export function runDocumentStoreSuite(fixture: DocumentStoreFixture): void {
  const storeTest: StoreTest = (name, run) => {
    test(`${fixture.name}: ${name}`, async () => {
      await using opened = await fixture.open([WIDGETS])
      await run(opened)
    })
  }
  runWriteCases(storeTest)
  runPagingCases(storeTest)
  runEffectCases(storeTest, fixture)
  runBatchCases(storeTest, fixture)
  runTextCases(storeTest, fixture)
  runReopenCases(fixture)
  storeTest('tells how it is called and that it answers', async ({ store }) => {
    expect(store.description).not.toBe('')
    await store.check()
  })
}
