import { EMBEDDING_INPUT_TYPES, MESSAGE_ROLES } from '../../domain/prediction.js'

/** JSON Schemas of requests as clients write them. What they leave open is checked when a request is parsed. */

const text = (description: string) => ({ type: 'string', description })
const number = (description: string) => ({ type: 'number', description })
const whole = (minimum: number, description: string) => ({ type: 'integer', minimum, description })
const list = (items: object, description: string) => ({ type: 'array', items, description })

const object = (properties: Readonly<Record<string, object>>, required: readonly string[], description?: string) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...(description !== undefined && { description }),
})

const MODEL = text('The model: "name" (its alias `latest`), "name:version" or "name@alias".')

const CONSTRAINT = object(
  {
    jsonSchema: { description: 'A JSON value that is valid by this JSON Schema.' },
    regex: text('A text that this regular expression matches as a whole.'),
    grammar: text('A text of this grammar in EBNF.'),
    choice: list({ type: 'string' }, 'One of these texts.'),
  },
  [],
  'What the text must be: exactly one of the fields.',
)

const GENERATION = object(
  {
    n: whole(1, 'How many texts to generate, 1 to 8; 1 when unset.'),
    maxTokens: whole(1, 'The most tokens to generate.'),
    temperature: number('0 to 2; 0 always takes the likeliest token.'),
    topK: whole(0, 'Only so many of the likeliest tokens; 0 is no limit.'),
    topP: number('Above 0, at most 1.'),
    minP: number('0 to 1.'),
    repetitionPenalty: number('Above 0, at most 2.'),
    presencePenalty: number('-2 to 2.'),
    frequencyPenalty: number('-2 to 2.'),
    stop: list({ type: 'string' }, 'Generation ends before the first of these.'),
    seed: whole(0, 'Equal seeds give equal texts.'),
    logprobs: whole(0, 'How many alternatives of each token to give, 0 to 20.'),
    draft: { type: 'boolean', description: 'Whether to guess tokens and check several at a time.' },
    logitBias: list(
      object({ tokenId: whole(0, 'Its number in the vocabulary.'), bias: number('-100 to 100.') }, ['tokenId', 'bias']),
      'Makes tokens more or less likely.',
    ),
    constraint: CONSTRAINT,
  },
  [],
  'How tokens are chosen, and when to stop.',
)

const TOOL_CALL = object(
  { id: text('Names the call within the chat.'), name: text('Name of the tool.'), arguments: { type: 'object' } },
  ['id', 'name', 'arguments'],
)

const MESSAGE = object(
  {
    role: { type: 'string', enum: [...MESSAGE_ROLES] },
    content: list(object({ text: { type: 'string' } }, ['text']), 'The parts of its text.'),
    toolCalls: list(TOOL_CALL, 'For role ASSISTANT: the calls that it asked for.'),
    toolCallId: text('For role TOOL: the call that it answers.'),
    name: text('For role TOOL: the name of the tool.'),
  },
  ['role', 'content'],
)

const TOOL = object(
  {
    name: { type: 'string' },
    description: { type: 'string' },
    parameters: { description: 'A JSON Schema of an object.' },
  },
  ['name'],
)

const CHAT = object(
  {
    model: MODEL,
    messages: list(MESSAGE, 'In order; the last is of role USER, TOOL, or ASSISTANT to be continued.'),
    tools: list(TOOL, 'Tools that the model may call.'),
    toolChoice: object({ mode: { type: 'string', enum: ['AUTO', 'REQUIRED', 'NONE'] }, tool: { type: 'string' } }, []),
    maxToolCalls: whole(1, 'After so many calls the text ends.'),
    responseSchema: { description: 'A JSON Schema that the answer is valid by.' },
    generation: GENERATION,
  },
  ['model', 'messages'],
)

const TENSOR = object(
  {
    name: text('Name of an input of the model.'),
    type: text('Its element type.'),
    shape: list({ type: 'integer' }, 'Its sizes.'),
    data: { description: 'Its elements, in arrays.' },
    base64: text('Its elements in row-major order, little-endian.'),
  },
  ['name', 'type', 'shape'],
)

const texts = list({ type: 'string' }, 'The texts.')
const topN = whole(1, 'How many of the best to give; all when unset.')

/** A request: exactly one of the fields. */
export const PREDICTION_SCHEMA = {
  ...object(
    {
      chat: CHAT,
      completion: object({ model: MODEL, prompt: { type: 'string' }, generation: GENERATION }, ['model', 'prompt']),
      embedding: object(
        {
          model: MODEL,
          texts,
          inputType: { type: 'string', enum: [...EMBEDDING_INPUT_TYPES] },
          dimensions: whole(1, 'Components that vectors are cut to.'),
        },
        ['model', 'texts'],
      ),
      rerank: object({ model: MODEL, query: { type: 'string' }, documents: texts, topN }, [
        'model',
        'query',
        'documents',
      ]),
      classification: object({ model: MODEL, texts, topN }, ['model', 'texts']),
      tensors: object(
        { model: MODEL, inputs: list(TENSOR, 'The inputs.'), outputs: list({ type: 'string' }, 'Outputs to give.') },
        ['model', 'inputs'],
      ),
    },
    [],
  ),
  minProperties: 1,
  maxProperties: 1,
}

export const USAGE_SCHEMA = object(
  {
    inputTokens: whole(0, 'Tokens of the input.'),
    cachedInputTokens: whole(0, 'Those of them that had not to be computed.'),
    outputTokens: whole(0, 'Tokens generated.'),
  },
  ['inputTokens', 'cachedInputTokens', 'outputTokens'],
)
