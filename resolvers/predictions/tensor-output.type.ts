import { Field, Int, ObjectType } from 'type-graphql'
import type { StoredTensor, TensorType } from '../../src/domain/tensor.js'

@ObjectType('OutputTensor', { description: 'A tensor that a graph gave.' })
export class OutputTensor implements StoredTensor {
  @Field(() => String, { description: 'Name of the output.' })
  readonly name!: string

  @Field(() => String, { description: 'Its element type as ONNX calls it, e.g. `float32`.' })
  readonly type!: TensorType

  @Field(() => [Int], { description: 'Its sizes; none for a single value.' })
  readonly shape!: number[]

  readonly data!: string | readonly string[]
}

@ObjectType('TensorOutput', { description: 'Tensors that a graph gave.' })
export class TensorOutput {
  @Field(() => [OutputTensor], { description: 'In the order that was asked for, or of the model.' })
  readonly tensors!: readonly OutputTensor[]
}
