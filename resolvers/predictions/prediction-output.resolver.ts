import { FieldResolver, Resolver, Root } from 'type-graphql'
import { invalidInput } from '../../src/kernel/errors.js'
import type { LabelScore } from '../../src/domain/prediction.js'
import { countElements } from '../../src/domain/tensor.js'
import { toJsonElements } from '../../src/services/predictions/tensor-elements.js'
import { JsonScalar } from '../common/scalars.js'
import { ClassificationOutput } from './classification-output.type.js'
import { EmbeddingOutput } from './embedding-output.type.js'
import { OutputTensor } from './tensor-output.type.js'

/** Elements of a tensor that are given as JSON. */
const MAX_JSON_ELEMENTS = 262_144

@Resolver(() => EmbeddingOutput)
export class EmbeddingOutputResolver {
  @FieldResolver()
  vectors(@Root() output: { readonly vectors: readonly (readonly number[])[] }): object[] {
    return output.vectors.map((values, index) => ({ index, values }))
  }
}

@Resolver(() => ClassificationOutput)
export class ClassificationOutputResolver {
  @FieldResolver()
  texts(@Root() output: { readonly texts: readonly (readonly LabelScore[])[] }): object[] {
    return output.texts.map((labels, index) => ({ index, labels }))
  }
}

@Resolver(() => OutputTensor)
export class OutputTensorResolver {
  @FieldResolver(() => JsonScalar, {
    description: `Its elements in one flat array, in row-major order: numbers, those of 64 bits and what JSON has no number for ("NaN") as texts; true and false; texts. At most ${MAX_JSON_ELEMENTS}: take more as \`base64\`.`,
  })
  data(@Root() tensor: OutputTensor): unknown {
    const elements = countElements(tensor.shape)
    if (elements > MAX_JSON_ELEMENTS)
      throw invalidInput(
        'data',
        `has ${elements} elements; at most ${MAX_JSON_ELEMENTS} are given as JSON. Take base64.`,
      )
    return toJsonElements(tensor)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Its elements in row-major order, little-endian, as base64; bool has one byte each. Null for texts.',
  })
  base64(@Root() { data }: OutputTensor): string | null {
    return typeof data === 'string' ? data : null
  }
}
