import { Field, InputType, Int } from 'type-graphql'
import { TENSOR_TYPES } from '../../src/domain/tensor.js'
import { MAX_ELEMENTS, MAX_RANK, MAX_TENSORS } from '../../src/services/predictions/tensor-input.js'
import { JsonScalar } from '../common/scalars.js'
import { MODEL } from './generation.input.js'

@InputType('TensorInput', { description: 'A tensor, with exactly one of `data` and `base64`.' })
export class TensorInput {
  @Field(() => String, { description: 'Name of an input of the model.' })
  readonly name!: string

  @Field(() => String, { description: `Its element type, as the model declares it: ${TENSOR_TYPES.join(', ')}.` })
  readonly type!: string

  @Field(() => [Int], { description: `Its sizes; at most ${MAX_RANK}, none for a single value.` })
  readonly shape!: number[]

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'Its elements, in arrays nested as the shape says or in one flat array in row-major order. Numbers; "NaN", "Infinity" and "-Infinity" as texts; whole numbers also as decimal texts, which those past 2⁵³ have to be; true and false; texts.',
  })
  readonly data?: unknown

  @Field(() => String, {
    nullable: true,
    description:
      'Its elements in row-major order, little-endian, as base64 with padding; bool has one byte each, 0 or 1. Not for texts.',
  })
  readonly base64?: string | null
}

@InputType('TensorsInput', {
  description: `Tensors to run a graph on. The inputs together have at most ${MAX_ELEMENTS} elements.`,
})
export class TensorsInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => [TensorInput], {
    description: `Each input that the model version’s \`inputs\` tell, in any order; at most ${MAX_TENSORS}. Free sizes of one name have to agree.`,
  })
  readonly inputs!: TensorInput[]

  @Field(() => [String], {
    nullable: true,
    description: 'Names of the outputs to compute and give; all when unset.',
  })
  readonly outputs?: string[] | null
}
