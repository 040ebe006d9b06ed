import { afterAll, describe, expect, test } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { TENSOR_TYPES, toStoredTensor, type TensorType } from '../../src/domain/tensor.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { ModelRunner } from '../../src/ports/model-runtime.js'
import type { TensorRequest } from '../../src/services/predictions/prediction-input.js'
import { toJsonElements } from '../../src/services/predictions/tensor-elements.js'
import { parseTensors } from '../../src/services/predictions/tensor-input.js'
import { NEVER, startFolder } from '../support/inference.js'
import { writeTensorModel } from '../support/made-models.js'
import type { Graph } from '../support/onnx-writer.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const stack = new AsyncDisposableStack()
const runtime = stack.use(createOnnxModelRuntime({ logger }))
afterAll(() => stack.disposeAsync())

async function writeGraph(graph: Graph): Promise<string> {
  const { path } = stack.use(await createTemporaryFolder('tensors'))
  await writeTensorModel(path, graph)
  return path
}

const REQUEST = { id: 'test', tenantId: 'tenant', priority: 5, maxOutputBytes: 1_000_000 }

async function infer(
  runner: ModelRunner,
  inputs: readonly TensorRequest[],
  outputs: readonly string[],
  signal = NEVER,
) {
  const result = await runner.infer({ ...REQUEST, inputs: parseTensors(inputs, 'inputs'), outputs }, signal)
  return result.outputs.map((output) => ({ ...output, data: toJsonElements(toStoredTensor(output)) }))
}

/** Values of each type at their limits, as JSON has them. */
const VALUES: Readonly<Record<TensorType, readonly unknown[]>> = {
  float32: [0, -1.5, 3.4028234663852886e38, 'NaN', 'Infinity', '-Infinity'],
  float64: [0.1, -1e308, 5e-324, 'NaN', 'Infinity', '-Infinity'],
  float16: [0, -1.5, 65504, 'NaN', 'Infinity', '-Infinity'],
  int8: [-128, 127, 0, 1, 2, 3],
  int16: [-32768, 32767, 0, 1, 2, 3],
  int32: [-2147483648, 2147483647, 0, 1, 2, 3],
  int64: ['-9223372036854775808', '9223372036854775807', '0', '1', '2', '9007199254740993'],
  uint8: [0, 255, 1, 2, 3, 4],
  uint16: [0, 65535, 1, 2, 3, 4],
  uint32: [0, 4294967295, 1, 2, 3, 4],
  uint64: ['0', '18446744073709551615', '1', '2', '3', '4'],
  bool: [true, false, true, false, false, true],
  string: ['', 'Grüße', '你好', 'a b', '\n', 'x'.repeat(500)],
}

describe('a graph alone', () => {
  test('is a model for tensors of every type, which come through as they are', async () => {
    const shape = ['rows', 3] as const
    const folder = await writeGraph({
      inputs: TENSOR_TYPES.map((type) => ({ name: `in ${type}`, type, shape })),
      outputs: TENSOR_TYPES.map((type) => ({ name: `out ${type}`, type, shape })),
      nodes: TENSOR_TYPES.map((type) => ({ op: 'Identity', inputs: [`in ${type}`], outputs: [`out ${type}`] })),
    })
    const description = await runtime.describe(folder)
    expect(description).toMatchObject({ task: 'TENSOR', contextTokens: 0, embeddingDimensions: null, dtype: 'fp32' })
    expect(description.inputs[0]).toEqual({ name: 'in float32', type: 'float32', shape: ['rows', 3] })
    const runner = await startFolder(runtime, folder)
    const flat = TENSOR_TYPES.map((type) => ({ name: `in ${type}`, type, shape: [2, 3], data: VALUES[type] }))
    const nested = flat.map((input) => ({ ...input, data: [input.data.slice(0, 3), input.data.slice(3)] }))
    for (const inputs of [flat, nested]) {
      const outputs = await infer(
        runner,
        inputs,
        TENSOR_TYPES.map((type) => `out ${type}`),
      )
      TENSOR_TYPES.forEach((type, i) =>
        expect(outputs[i]).toEqual({ name: `out ${type}`, type, shape: [2, 3], data: VALUES[type] }),
      )
    }
    await runner.stop()
  })

  test('computes; single values and empty tensors are tensors too', async () => {
    const folder = await writeGraph({
      inputs: [
        { name: 'a', type: 'float32', shape: ['n'] },
        { name: 'b', type: 'float32', shape: [] },
      ],
      outputs: [{ name: 'sum', type: 'float32', shape: ['n'] }],
      nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] }],
    })
    const runner = await startFolder(runtime, folder)
    const b = { name: 'b', type: 'float32', shape: [], data: 0.5 }
    const base64 = Buffer.from(Float32Array.of(1, 2, 3).buffer).toString('base64')
    expect(await infer(runner, [b, { name: 'a', type: 'float32', shape: [3], base64 }], ['sum'])).toEqual([
      { name: 'sum', type: 'float32', shape: [3], data: [1.5, 2.5, 3.5] },
    ])
    const empty = await infer(runner, [{ name: 'a', type: 'float32', shape: [0], data: [] }, b], ['sum'])
    expect(empty[0]).toMatchObject({ shape: [0], data: [] })
    await runner.stop()
  })

  test('that fails on its tensors fails that call alone, and an output past its limit is refused', async () => {
    const folder = await writeGraph({
      inputs: [
        { name: 'table', type: 'float32', shape: ['rows'] },
        { name: 'place', type: 'int64', shape: ['places'] },
      ],
      outputs: [{ name: 'found', type: 'float32', shape: ['places'] }],
      nodes: [{ op: 'Gather', inputs: ['table', 'place'], outputs: ['found'] }],
    })
    const runner = await startFolder(runtime, folder)
    const find = (...places: number[]) =>
      infer(
        runner,
        [
          { name: 'table', type: 'float32', shape: [2], data: [7, 8] },
          { name: 'place', type: 'int64', shape: [places.length], data: places },
        ],
        ['found'],
      )
    const [wrong, right] = await Promise.allSettled([find(5), find(1)])
    expect(wrong).toMatchObject({ status: 'rejected' })
    if (wrong.status === 'rejected') expect(isErrorWithCode(wrong.reason, 'INVALID_INPUT')).toBe(true)
    expect(right).toMatchObject({ status: 'fulfilled', value: [{ data: [8] }] })
    const many = new Array<number>(250_001).fill(0)
    await expect(find(...many.slice(0, 1_000))).resolves.toHaveLength(1)
    const large = parseTensors(
      [
        { name: 'table', type: 'float32', shape: [2], data: [7, 8] },
        { name: 'place', type: 'int64', shape: [many.length], data: many },
      ],
      'inputs',
    )
    await expect(runner.infer({ ...REQUEST, inputs: large, outputs: ['found'] }, NEVER)).rejects.toSatisfy((error) =>
      isErrorWithCode(error, 'PAYLOAD_TOO_LARGE'),
    )
    await runner.stop()
  })

  test('whose types cannot be carried is refused by name', async () => {
    const folder = await writeGraph({
      inputs: [{ name: 'x', type: 'bfloat16', shape: [1] }],
      outputs: [{ name: 'y', type: 'float32', shape: [1] }],
      nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: 1 } }],
    })
    await expect(runtime.describe(folder)).rejects.toThrow('x of type bfloat16')
  })
})

describe('tensors of a request', () => {
  const x = { name: 'x', type: 'float32', shape: [2], data: [1, 2] }

  test.each<[string, Partial<TensorRequest>, string]>([
    ['an unknown type', { type: 'float128' }, '.type'],
    ['a type that the runtime does not carry', { type: 'bfloat16' }, '.type'],
    ['a negative size', { shape: [-1] }, '.shape'],
    ['a size with a fraction', { shape: [1.5] }, '.shape'],
    ['too many sizes', { shape: new Array<number>(17).fill(1) }, '.shape'],
    ['too many elements', { shape: [1_000_000, 1_000_000] }, '.shape'],
    ['too few elements', { data: [1] }, '.data'],
    ['one value for an array', { data: 1 }, '.data'],
    ['arrays nested otherwise', { shape: [2, 2], data: [[1, 2], [3]] }, '.data'],
    ['an array where a value belongs', { shape: [2, 1], data: [[1], 2] }, '.data'],
    ['a text that is no number', { data: [1, 'two'] }, '.data'],
    ['a value that is none', { data: [1, null] }, '.data'],
    ['a number past float32', { data: [1, 1e39] }, '.data'],
    ['a number past int8', { type: 'int8', data: [1, 128] }, '.data'],
    ['a fraction in whole numbers', { type: 'int32', data: [1, 0.5] }, '.data'],
    ['a whole number that JSON rounds', { type: 'int64', data: [1, 2 ** 53] }, '.data'],
    ['a whole number past int64', { type: 'int64', data: ['1', '9223372036854775808'] }, '.data'],
    ['a negative uint64', { type: 'uint64', data: ['-1', 0] }, '.data'],
    ['a number for a truth', { type: 'bool', data: [true, 1] }, '.data'],
    ['a number for a text', { type: 'string', data: ['a', 1] }, '.data'],
    ['a character that ends texts', { type: 'string', data: ['a', 'b\0c'] }, '.data'],
    ['half a character', { type: 'string', data: ['a', '\ud800'] }, '.data'],
    ['neither data nor base64', { data: undefined }, ''],
    ['both data and base64', { base64: 'AAAAAAAAAAA=' }, ''],
    ['base64 of another length', { data: undefined, base64: 'AAAA' }, '.base64'],
    ['what is no base64', { data: undefined, base64: '?AAA' }, '.base64'],
    ['texts as base64', { type: 'string', data: undefined, base64: 'AAAA' }, '.base64'],
    ['a truth of 2', { type: 'bool', shape: [1], data: undefined, base64: 'Ag==' }, '.base64'],
    ['too long a name', { name: 'x'.repeat(257) }, '.name'],
  ])('with %s are refused by their path', (_what, wrong, path) => {
    expect(() =>
      parseTensors(
        [
          { ...x, name: 'w' },
          { ...x, ...wrong },
        ],
        'inputs',
      ),
    ).toThrow(`inputs.1${path}: `)
  })

  test('of one name twice are refused', () => {
    expect(() => parseTensors([x, x], 'inputs')).toThrow('inputs.1.name')
    expect(() => parseTensors(new Array(65).fill(x), 'inputs')).toThrow('inputs: ')
  })
})
