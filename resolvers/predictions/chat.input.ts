import { Field, InputType, Int } from 'type-graphql'
import type { MessageRole } from '../../src/domain/prediction.js'
import { MAX_MESSAGES, MAX_MESSAGE_TOOL_CALLS } from '../../src/services/predictions/chat-messages.js'
import {
  DEFAULT_TOOL_CALLS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_TOOL_CALLS,
  MAX_TOOLS,
} from '../../src/services/predictions/chat-tools.js'
import type { ToolChoiceMode } from '../../src/services/predictions/prediction-input.js'
import { JsonScalar } from '../common/scalars.js'
import { GenerationInput, MODEL } from './generation.input.js'
import { MessageRoleEnum, ToolChoiceModeEnum } from './prediction.enum.js'

@InputType('ContentPartInput', { description: 'A part of a message.' })
export class ContentPartInput {
  @Field(() => String, { description: 'Text. What looks like a control token of the model is text all the same.' })
  readonly text!: string
}

@InputType('ToolCallInput', { description: 'A call of a tool that the assistant asked for.' })
export class ToolCallInput {
  @Field(() => String, { description: 'Its id, by which a message of role TOOL answers it; unique within the chat.' })
  readonly id!: string

  @Field(() => String, { description: 'Name of the tool.' })
  readonly name!: string

  @Field(() => JsonScalar, { description: 'Arguments: an object.' })
  readonly arguments!: unknown
}

@InputType('ToolInput', { description: 'A function that the model may ask to be called.' })
export class ToolInput {
  @Field(() => String, { description: '1 to 64 characters of A–Z, a–z, 0–9, _ and -.' })
  readonly name!: string

  @Field(() => String, {
    nullable: true,
    description: `What it does, for the model to read; at most ${MAX_DESCRIPTION_CHARACTERS} characters.`,
  })
  readonly description?: string | null

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'Must be given: a JSON Schema (2020-12 or draft 7) with `"type": "object"` that the arguments of every call are valid by. A keyword that cannot be honoured is refused by its name.',
  })
  readonly parameters?: unknown
}

/** Exactly one field is given: `isOneOf` is set on the built type. */
@InputType('ToolChoiceInput', { description: 'Whether tools are called: exactly one of the fields.' })
export class ToolChoiceInput {
  @Field(() => ToolChoiceModeEnum, { nullable: true, description: 'Whether, when it is not to be one tool.' })
  readonly mode?: ToolChoiceMode | null

  @Field(() => String, { nullable: true, description: 'The answer begins with a call of the tool of this name.' })
  readonly tool?: string | null
}

@InputType('MessageInput', { description: 'A message of a chat.' })
export class MessageInput {
  @Field(() => MessageRoleEnum, { description: 'Who speaks.' })
  readonly role!: MessageRole

  @Field(() => [ContentPartInput], {
    defaultValue: [],
    description:
      'Its parts, joined without anything between. Together not empty, but for role TOOL and beside `toolCalls`.',
  })
  readonly content!: ContentPartInput[]

  @Field(() => [ToolCallInput], {
    nullable: true,
    description: `For role ASSISTANT: the calls that it asked for, as \`TextOutput.toolCalls\` gave them; at most ${MAX_MESSAGE_TOOL_CALLS}.`,
  })
  readonly toolCalls?: ToolCallInput[] | null

  @Field(() => String, {
    nullable: true,
    description: 'For role TOOL: the id of the call whose result this is, of the message of role ASSISTANT before it.',
  })
  readonly toolCallId?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'For role TOOL: the name of the tool that was called; that of the call when unset.',
  })
  readonly name?: string | null
}

@InputType('ChatInput', { description: 'Messages to answer.' })
export class ChatInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => [MessageInput], {
    description: `1 to ${MAX_MESSAGES} messages. The last is of role USER or TOOL and gets an answer, or of role ASSISTANT and is continued: then only what follows its text is given.`,
  })
  readonly messages!: MessageInput[]

  @Field(() => [ToolInput], {
    nullable: true,
    description: `Functions that the model may ask to be called; at most ${MAX_TOOLS}, no two of one name. The client calls them, and sends what they give as messages of role TOOL.`,
  })
  readonly tools?: ToolInput[] | null

  @Field(() => ToolChoiceInput, { nullable: true, description: 'Whether tools are called; mode AUTO when unset.' })
  readonly toolChoice?: ToolChoiceInput | null

  @Field(() => Int, {
    nullable: true,
    description: `After so many calls the answer ends; 1 to ${MAX_TOOL_CALLS}, ${DEFAULT_TOOL_CALLS} when unset.`,
  })
  readonly maxToolCalls?: number | null

  @Field(() => GenerationInput, { nullable: true, description: 'How to generate.' })
  readonly generation?: GenerationInput | null

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'A JSON Schema that the answer is to be valid by; the same as `generation.constraint.jsonSchema`. Not beside `tools`, unless `toolChoice` is of mode NONE.',
  })
  readonly responseSchema?: unknown
}
