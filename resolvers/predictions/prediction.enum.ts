import { registerEnumType } from 'type-graphql'
import type {
  EmbeddingInputType,
  FinishReason,
  MessageRole,
  PredictionKind,
  PredictionState,
} from '../../src/domain/prediction.js'
import type { ToolChoiceMode } from '../../src/services/predictions/prediction-input.js'
import { describeEnum } from '../common/enums.js'

const STATES: Record<PredictionState, string> = {
  QUEUED: 'Accepted and on disk; waits for its turn.',
  RUNNING: 'The model works on it.',
  SUCCEEDED: 'Done; `output` is whole.',
  FAILED: 'Ended without success; `error` says why, `output` has what there was.',
  CANCELLED: 'A client cancelled it; `output` has what there was.',
}
export const PredictionStateEnum = describeEnum(STATES)
registerEnumType(PredictionStateEnum.values, {
  name: 'PredictionState',
  description: 'Where a prediction stands.',
  valuesConfig: PredictionStateEnum.config,
})

const KINDS: Record<PredictionKind, string> = {
  CHAT: 'The answer to messages.',
  COMPLETION: 'The continuation of a text.',
  EMBEDDING: 'Vectors of texts.',
  RERANK: 'Documents in the order of how well they answer a query.',
  CLASSIFICATION: 'Labels of texts.',
  TENSOR: 'Tensors through a graph.',
}
export const PredictionKindEnum = describeEnum(KINDS)
registerEnumType(PredictionKindEnum.values, {
  name: 'PredictionKind',
  description: 'What was asked for.',
  valuesConfig: PredictionKindEnum.config,
})

const EMBEDDING_INPUT_TYPES: Record<EmbeddingInputType, string> = {
  QUERY: 'A question or search, whose answer is looked for.',
  DOCUMENT: 'A text that is to be found.',
}
export const EmbeddingInputTypeEnum = describeEnum(EMBEDDING_INPUT_TYPES)
registerEnumType(EmbeddingInputTypeEnum.values, {
  name: 'EmbeddingInputType',
  description: 'What a text to embed is for.',
  valuesConfig: EmbeddingInputTypeEnum.config,
})

const FINISH_REASONS: Record<FinishReason, string> = {
  STOP: 'The model came to its end, or a stop string came.',
  TOOL_CALLS: 'The model came to its end and asks for tools to be called.',
  LENGTH: '`maxTokens` was reached, or the model’s context was full.',
  CANCELLED: 'A client cancelled it.',
}
export const FinishReasonEnum = describeEnum(FINISH_REASONS)
registerEnumType(FinishReasonEnum.values, {
  name: 'FinishReason',
  description: 'Why a text ends where it does.',
  valuesConfig: FinishReasonEnum.config,
})

const ROLES: Record<MessageRole, string> = {
  SYSTEM: 'How the model is to answer; the first message only.',
  USER: 'What somebody says to the model.',
  ASSISTANT: 'What the model said before, or, as the last message, the beginning of what it is to say.',
  TOOL: 'What a tool gave that the assistant asked for.',
}
export const MessageRoleEnum = describeEnum(ROLES)
registerEnumType(MessageRoleEnum.values, {
  name: 'MessageRole',
  description: 'Who speaks.',
  valuesConfig: MessageRoleEnum.config,
})

const TOOL_CHOICE_MODES: Record<ToolChoiceMode, string> = {
  AUTO: 'The model decides.',
  REQUIRED: 'The answer begins with a call.',
  NONE: 'There are no calls: the model is not told of the tools.',
}
export const ToolChoiceModeEnum = describeEnum(TOOL_CHOICE_MODES)
registerEnumType(ToolChoiceModeEnum.values, {
  name: 'ToolChoiceMode',
  description: 'Whether tools are called.',
  valuesConfig: ToolChoiceModeEnum.config,
})

const ORDERS = {
  CREATED_AT_DESC: 'The newest first.',
  CREATED_AT_ASC: 'The oldest first.',
}
export type PredictionOrder = keyof typeof ORDERS
export const PredictionOrderEnum = describeEnum(ORDERS)
registerEnumType(PredictionOrderEnum.values, {
  name: 'PredictionOrder',
  description: 'Order of a list of predictions.',
  valuesConfig: PredictionOrderEnum.config,
})
