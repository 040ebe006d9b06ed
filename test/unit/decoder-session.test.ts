import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DecoderRow, DecoderSession } from '../../src/adapters/onnxruntime/decoder-session.js'
import { DECODER_SESSIONS } from '../support/decoder-sessions.js'
import { CHAT_MODEL, readGolden, type GoldenGeneration } from '../support/models.js'
import { isFullTest } from '../support/seed.js'

const goldens = readGolden<GoldenGeneration>(CHAT_MODEL)
const prompt = goldens.flatMap(({ promptTokenIds }) => promptTokenIds).slice(0, isFullTest() ? 330 : 140)
const length = prompt.length

describe.each(DECODER_SESSIONS)('%s', (_name, openSession) => {
  let session: DecoderSession
  beforeAll(async () => {
    session = await openSession()
  })
  afterAll(() => session[Symbol.dispose]())

  const openRow = async (tokens: readonly number[], chunks: readonly number[] = [tokens.length]) => {
    const row = session.openRow()!
    let logits = new Float32Array()
    for (let from = 0, i = 0; from < tokens.length; from += chunks[i++]!)
      logits = (await session.extend(row, tokens.slice(from, from + chunks[i]!)))[0]!.slice()
    return { row, logits }
  }
  const close = (...rows: readonly DecoderRow[]): void => rows.forEach((row) => session.closeRow(row))
  const stepOne = async (row: DecoderRow, token: number): Promise<Float32Array> =>
    (await session.step([row], [token]))[0]!.slice()

  test('a prompt gives the same logits, bit for bit, however it is cut', async () => {
    const whole = await openRow(prompt)
    for (const chunks of [[2, length - 2], isFullTest() ? [64, 64, 64, 64, 74] : [64, 64, 12], [length - 31, 31]]) {
      const cut = await openRow(prompt, chunks)
      expect(cut.logits).toEqual(whole.logits)
      expect(await stepOne(cut.row, 60)).toEqual(await stepOne(whole.row, 60))
      session.truncate(whole.row, length)
      close(cut.row)
    }
    close(whole.row)
  })

  test('rows of a step get the logits that they get alone, also as rows come, go and grow', async () => {
    const lengths = [10, length - 30, 47]
    const alone: Float32Array[][] = []
    for (const count of lengths) {
      const { row } = await openRow(prompt.slice(0, count))
      alone.push([await stepOne(row, 100), await stepOne(row, 200)])
      close(row)
    }
    const leaving = await openRow(prompt.slice(0, 20))
    const rows: DecoderRow[] = []
    for (const count of lengths) rows.push((await openRow(prompt.slice(0, count))).row)
    const together = (await session.step([leaving.row, ...rows], [1, 100, 100, 100])).map((logits) => logits.slice())
    expect(together.slice(1)).toEqual(alone.map(([first]) => first))
    close(leaving.row)
    const order = [2, 0, 1]
    const later = await session.step(
      order.map((i) => rows[i]!),
      [200, 200, 200],
    )
    order.forEach((i, at) => expect(later[at]).toEqual(alone[i]![1]))
    close(...rows)
  })

  test('saved tokens give the same as computed ones, whole and in part', async () => {
    const first = await openRow(prompt)
    const saved = [session.save(first.row, 0, 80), session.save(first.row, 80, length)]
    const row = session.openRow()!
    session.restore(row, saved[0]!, 80)
    session.restore(row, saved[1]!, length - 110)
    expect(row.length).toBe(length - 30)
    const [logits] = await session.extend(row, prompt.slice(length - 30))
    expect(logits).toEqual(first.logits)
    expect(await stepOne(row, 60)).toEqual(await stepOne(first.row, 60))
    close(row, first.row)
  })

  test('a row that is cut goes on as if the rest had not been', async () => {
    const { row } = await openRow(prompt.slice(0, 50))
    const plain = await stepOne(row, 7)
    session.truncate(row, 50)
    const drafted = (await session.extend(row, [7, 8, 9], 3)).map((logits) => logits.slice())
    expect(drafted).toHaveLength(3)
    expect(row.length).toBe(53)
    session.truncate(row, 50)
    expect(await stepOne(row, 7)).toEqual(plain)
    close(row)
  })

  test('there are as many rows as said, and a closed one makes room', async () => {
    const rows = Array.from({ length: session.maxRows }, () => session.openRow()!)
    expect(session.openRow()).toBeNull()
    close(rows[2]!)
    const again = session.openRow()!
    expect(again.length).toBe(0)
    close(again, ...rows.filter((row) => row !== rows[2]))
    expect(session.executions).toBeGreaterThan(0)
    expect(session.tokenBytes).toBe(30 * 2 * 3 * 64 * 4)
  })
})
