import { MongoNetworkError, MongoServerError } from 'mongodb'
import { expect, test } from 'vitest'
import { duplicateIndexName, isDuplicateKey, toStoreError } from '../../src/adapters/mongodb/mongo-error.js'
import { GraphloomError } from '../../src/kernel/errors.js'

const SECRET = 'mongodb://alice:s3cret@db.internal:27017/app'

const serverError = (code: number, errmsg: string): MongoServerError => new MongoServerError({ code, errmsg })

test('what the driver throws when it cannot reach the server is UNAVAILABLE', () => {
  const epipe = Object.assign(new Error(`This socket has been ended by ${SECRET}`), { code: 'EPIPE' })
  const errors = [
    new MongoNetworkError(`connection to ${SECRET} closed`),
    new MongoNetworkError('failed', { cause: Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }) }),
    epipe,
    serverError(10107, `not primary: ${SECRET}`),
    serverError(64, 'waiting for replication timed out'),
    serverError(18, `Authentication failed for ${SECRET}`),
  ]
  for (const error of errors) {
    const told = toStoreError(error, ' It is unknown.')
    expect(told).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/^MongoDB .* It is unknown\.$/) })
    expect(`${String(told)} ${(told as Error).stack}`).not.toContain('s3cret')
    expect((told as Error).cause).toBeUndefined()
  }
})

test('a command that the server refuses is INTERNAL, without its text', () => {
  const told = toStoreError(serverError(2, `bad value ${SECRET}`))
  expect(told).toMatchObject({ code: 'INTERNAL', message: 'MongoDB refused a command: MongoServerError 2.' })
})

test('errors that are none of MongoDB stay as they are', () => {
  for (const error of [new GraphloomError('CONFLICT', 'no'), new TypeError('oops'), 'text'])
    expect(toStoreError(error)).toBe(error)
})

test('the index of a duplicate key is found in front of the values', () => {
  const error = serverError(
    11_000,
    'E11000 duplicate key error collection: db.widgets index: gl_uniqueCode dup key: { f.code: " index: gl_other dup key: " }',
  )
  expect(isDuplicateKey(error)).toBe(true)
  expect(duplicateIndexName(error)).toBe('uniqueCode')
  expect(duplicateIndexName(serverError(11_000, 'E11000 … index: _id_ dup key: { _id: "a" }'))).toBe('id')
})
