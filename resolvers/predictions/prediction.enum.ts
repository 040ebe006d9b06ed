import type {
  EmbeddingInputType,
  FinishReason,
  MessageRole,
  PredictionKind,
  PredictionState,
} from '../../src/domain/prediction.js'
import type { ToolChoiceMode } from '../../src/services/predictions/prediction-input.js'
import { createEnum } from '../common/enums.js'

export const PredictionStateEnum = createEnum<PredictionState>({
  name: 'PredictionState',
  description: 'Where a prediction stands.',
  values: {
    QUEUED: 'Accepted and on disk; waits for its turn.',
    RUNNING: 'The model works on it.',
    SUCCEEDED: 'Done; `output` is whole.',
    FAILED: 'Ended without success; `error` says why, `output` has what there was.',
    CANCELLED: 'A client cancelled it; `output` has what there was.',
  },
})

export const PredictionKindEnum = createEnum<PredictionKind>({
  name: 'PredictionKind',
  description: 'What was asked for.',
  values: {
    CHAT: 'The answer to messages.',
    COMPLETION: 'The continuation of a text.',
    EMBEDDING: 'Vectors of texts.',
    RERANK: 'Documents in the order of how well they answer a query.',
    CLASSIFICATION: 'Labels of texts.',
    TENSOR: 'Tensors through a graph.',
  },
})

export const EmbeddingInputTypeEnum = createEnum<EmbeddingInputType>({
  name: 'EmbeddingInputType',
  description: 'What a text to embed is for.',
  values: {
    QUERY: 'A question or search, whose answer is looked for.',
    DOCUMENT: 'A text that is to be found.',
  },
})

export const FinishReasonEnum = createEnum<FinishReason>({
  name: 'FinishReason',
  description: 'Why a text ends where it does.',
  values: {
    STOP: 'The model came to its end, or a stop string came.',
    TOOL_CALLS: 'The model came to its end and asks for tools to be called.',
    LENGTH: '`maxTokens` was reached, or the model’s context was full.',
    CANCELLED: 'A client cancelled it.',
  },
})

export const MessageRoleEnum = createEnum<MessageRole>({
  name: 'MessageRole',
  description: 'Who speaks.',
  values: {
    SYSTEM: 'How the model is to answer; the first message only.',
    USER: 'What somebody says to the model.',
    ASSISTANT: 'What the model said before, or, as the last message, the beginning of what it is to say.',
    TOOL: 'What a tool gave that the assistant asked for.',
  },
})

export const ToolChoiceModeEnum = createEnum<ToolChoiceMode>({
  name: 'ToolChoiceMode',
  description: 'Whether tools are called.',
  values: {
    AUTO: 'The model decides.',
    REQUIRED: 'The answer begins with a call.',
    NONE: 'There are no calls: the model is not told of the tools.',
  },
})

export const PredictionOrderEnum = createEnum({
  name: 'PredictionOrder',
  description: 'Order of a list of predictions.',
  values: {
    CREATED_AT_DESC: 'The newest first.',
    CREATED_AT_ASC: 'The oldest first.',
  },
})
export type PredictionOrder = keyof typeof PredictionOrderEnum
