/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whether something that failed again and again is tried. */
export type BreakerState =
  /** Work goes on. */
  | 'CLOSED'
  /** The next try decides. */
  | 'HALF_OPEN'
  /** Nothing is tried until `retryAt`. */
  | 'OPEN';

/** What to cancel. */
export type CancelPredictionInput = {
  /** Id of a prediction. */
  id: string;
};

/** Messages to answer. */
export type ChatInput = {
  /** How to generate. */
  generation?: GenerationInput | null | undefined;
  /** After so many calls the answer ends; 1 to 32, 8 when unset. */
  maxToolCalls?: number | null | undefined;
  /** 1 to 1024 messages. The last is of role USER or TOOL and gets an answer, or of role ASSISTANT and is continued: then only what follows its text is given. */
  messages: Array<MessageInput>;
  /** The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model: string;
  /** A JSON Schema that the answer is to be valid by; the same as `generation.constraint.jsonSchema`. Not beside `tools`, unless `toolChoice` is of mode NONE. */
  responseSchema?: unknown;
  /** Whether tools are called; mode AUTO when unset. */
  toolChoice?: ToolChoiceInput | null | undefined;
  /** Functions that the model may ask to be called; at most 64, no two of one name. The client calls them, and sends what they give as messages of role TOOL. */
  tools?: Array<ToolInput> | null | undefined;
};

/** Texts to tell the labels of. */
export type ClassificationInput = {
  /** The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model: string;
  /** 1 to 256 texts, none longer than the model’s context. */
  texts: Array<string>;
  /** How many of the likeliest labels to give of each text, 1 or more; all when unset. At most 100,000 are given in all. */
  topN?: number | null | undefined;
};

/** A text to continue. */
export type CompletionInput = {
  /** How to generate. */
  generation?: GenerationInput | null | undefined;
  /** The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model: string;
  /** The text as it is, without a chat template; not empty. */
  prompt: string;
};

/** A part of a message. */
export type ContentPartInput = {
  /** Text. What looks like a control token of the model is text all the same. */
  text: string;
};

/** An alias. */
export type DeleteModelAliasInput = {
  /** Name of the model. */
  model: string;
  /** Name of the alias. */
  name: string;
};

/** What to delete. */
export type DeleteModelVersionInput = {
  /** Id of a model version. */
  id: string;
};

/** What to delete. */
export type DeletePredictionInput = {
  /** Id of a prediction. */
  id: string;
};

/** Texts to turn into vectors. */
export type EmbeddingInput = {
  /** Cuts vectors to their first components: one of the model version’s `shorterDimensions`, or all. What is left is brought to length 1 again where the model’s vectors have it. */
  dimensions?: number | null | undefined;
  /** What the texts are for. The prompt that the model’s files have for it (`config_sentence_transformers.json`) is written before each text and counts as part of it; when unset, the model’s default prompt. Models without prompts take all texts alike. */
  inputType?: EmbeddingInputType | null | undefined;
  /** The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model: string;
  /** 1 to 256 texts, none longer than the model’s context. */
  texts: Array<string>;
};

/** What a text to embed is for. */
export type EmbeddingInputType =
  /** A text that is to be found. */
  | 'DOCUMENT'
  /** A question or search, whose answer is looked for. */
  | 'QUERY';

/** Every code that an error of this server can have. */
export type ErrorCode =
  /** The request is not a well-formed GraphQL request. */
  | 'BAD_REQUEST'
  /** A variable or argument has a value that its type does not allow. */
  | 'BAD_USER_INPUT'
  /** The work was cancelled before it was done. */
  | 'CANCELLED'
  /** The object is in a state, or was changed meanwhile, so that this cannot be done. */
  | 'CONFLICT'
  /** The deadline, or the time that is allowed, passed before the work was done. */
  | 'DEADLINE_EXCEEDED'
  /** The caller is known but may not do this. */
  | 'FORBIDDEN'
  /** The document is not valid GraphQL syntax. */
  | 'GRAPHQL_PARSE_FAILED'
  /** The document does not fit the schema. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** The idempotency key was used before with another input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** Something unexpected failed; the errorId leads to it in the log of the server. */
  | 'INTERNAL'
  /** An input breaks a rule that the message names, with the path to it. */
  | 'INVALID_INPUT'
  /** The operation is larger than a configured limit allows; the message names it. */
  | 'LIMIT_EXCEEDED'
  /** This operation cannot be sent with this HTTP method. */
  | 'METHOD_NOT_ALLOWED'
  /** The model version could not be loaded; the message says why. */
  | 'MODEL_LOAD_FAILED'
  /** There is nothing with this id or name that the caller can see. */
  | 'NOT_FOUND'
  /** The document does not contain the named operation. */
  | 'OPERATION_RESOLUTION_FAILURE'
  /** The model version needs more memory than is available. */
  | 'OUT_OF_MEMORY'
  /** A queue is full; try again after the time given. */
  | 'OVERLOADED'
  /** The body or message has more bytes than allowed. */
  | 'PAYLOAD_TOO_LARGE'
  /** Too many requests; try again after the time given. */
  | 'RATE_LIMITED'
  /** The process that ran the model ended while it worked on this. */
  | 'RUNNER_CRASHED'
  /** The request did not arrive in time. */
  | 'TIMEOUT'
  /** No credentials were given, or they are not valid. */
  | 'UNAUTHENTICATED'
  /** The server, or a part that it needs, is not available at the moment. */
  | 'UNAVAILABLE'
  /** The content type of the request is not supported. */
  | 'UNSUPPORTED_MEDIA_TYPE';

/** Why a text ends where it does. */
export type FinishReason =
  /** A client cancelled it. */
  | 'CANCELLED'
  /** `maxTokens` was reached, or the model’s context was full. */
  | 'LENGTH'
  /** The model came to its end, or a stop string came. */
  | 'STOP'
  /** The model came to its end and asks for tools to be called. */
  | 'TOOL_CALLS';

/** How tokens are chosen, and when to stop. What is left out has its default. */
export type GenerationInput = {
  /** What the text must be; free text when unset. */
  constraint?: OutputConstraintInput | null | undefined;
  /** Whether to guess tokens, from what prompt and answer have already and from what `constraint` forces, and check several at a time: faster for texts that repeat their prompt. The text is as good, but not bit for bit the one without, and not reproducible. When unset, as the version’s settings say, which is false by default. */
  draft?: boolean | null | undefined;
  /** Taken off the logit of a token for each time that the answer has it; −2 to 2, 0 when unset. */
  frequencyPenalty?: number | null | undefined;
  /** Makes single tokens more or less likely; at most 300, no two for one token. */
  logitBias?: Array<LogitBiasInput> | null | undefined;
  /** Gives each token’s log-probability and this many alternatives; 0 to 20, none when unset. */
  logprobs?: number | null | undefined;
  /** The most tokens to generate, 1 to 1000000; 256 when unset, and never past the model’s context. */
  maxTokens?: number | null | undefined;
  /** Considers only tokens at least this many times as likely as the likeliest; 0 to 1, 0 when unset. */
  minP?: number | null | undefined;
  /** How many texts to generate for the prompt, which is computed once, but for its last two tokens; 1 to 8, 1 when unset. */
  n?: number | null | undefined;
  /** Taken off the logit of every token that the answer has already; −2 to 2, 0 when unset. */
  presencePenalty?: number | null | undefined;
  /** Makes tokens that occurred in prompt or answer less likely (above 1) or more (below); above 0, at most 2, 1 when unset. */
  repetitionPenalty?: number | null | undefined;
  /** The same seed and input give the same text on one type of CPU; 0 or more, drawn at random when unset. */
  seed?: number | null | undefined;
  /** The text ends before the first of these; at most 8, each of 1 to 256 characters. */
  stop?: Array<string> | null | undefined;
  /** Divides the logits: 0 always takes the likeliest token, higher is more varied; 0 to 2, 0.7 when unset. */
  temperature?: number | null | undefined;
  /** Considers only so many of the likeliest tokens, 0 to 1000000; 0, the default, is no limit. */
  topK?: number | null | undefined;
  /** Considers only the likeliest tokens whose probabilities add up to this (nucleus sampling); above 0, at most 1, 0.95 when unset. */
  topP?: number | null | undefined;
};

/** A model at the hub (`GRAPHLOOM_HUB_URL`), in the layout of transformers.js. */
export type HubSourceInput = {
  /** Precision of the weights, of those that the model has: `q8`, `int8`, `uint8`, `fp32`, `q4`, `bnb4`, `q4f16` or `fp16`; the first of these that it has when unset. */
  dtype?: string | null | undefined;
  /** Its id, e.g. `owner/name`. */
  repository: string;
  /** A branch, tag or commit. The version keeps the commit that it means now. */
  revision?: string;
};

/** What to load. */
export type LoadModelVersionInput = {
  /** Id of a model version. */
  id: string;
};

/** A step of loading. */
export type LoadPhase =
  /** Files come from a hub. */
  | 'DOWNLOADING'
  /** The checksums are right; the weights are still being read. */
  | 'READING'
  /** The process that will run the model starts. */
  | 'STARTING'
  /** Checksums of the files are compared, while the weights are being read. */
  | 'VERIFYING'
  /** The model runs for the first time. */
  | 'WARMING';

/** Makes one token more or less likely. */
export type LogitBiasInput = {
  /** Added to its logit; −100 (as good as never) to 100 (as good as always). */
  bias: number;
  /** Its number in the model’s vocabulary, from 0; one that the model does not have is refused. */
  tokenId: number;
};

/** A message of a chat. */
export type MessageInput = {
  /** Its parts, joined without anything between. Together not empty, but for role TOOL and beside `toolCalls`. */
  content?: Array<ContentPartInput>;
  /** For role TOOL: the name of the tool that was called; that of the call when unset. */
  name?: string | null | undefined;
  /** Who speaks. */
  role: MessageRole;
  /** For role TOOL: the id of the call whose result this is, of the message of role ASSISTANT before it. */
  toolCallId?: string | null | undefined;
  /** For role ASSISTANT: the calls that it asked for, as `TextOutput.toolCalls` gave them; at most 64. */
  toolCalls?: Array<ToolCallInput> | null | undefined;
};

/** Who speaks. */
export type MessageRole =
  /** What the model said before, or, as the last message, the beginning of what it is to say. */
  | 'ASSISTANT'
  /** How the model is to answer; the first message only. */
  | 'SYSTEM'
  /** What a tool gave that the assistant asked for. */
  | 'TOOL'
  /** What somebody says to the model. */
  | 'USER';

/** How far back metrics look from now. */
export type MetricsWindow =
  /** The last 5 minutes. */
  | 'FIVE_MINUTES'
  /** The last hour. */
  | 'ONE_HOUR'
  /** The last 60 seconds. */
  | 'ONE_MINUTE';

/** Where the files of a model version are; exactly one is given. */
export type ModelSourceInput =
  {   /** An ONNX file, which becomes a model for tensors whatever lies beside it; files that hold its weights are found. Its path, as for `folder`. */
  file: string; folder?: never; hub?: never; }
  |  { file?: never;   /** A folder in the layout of transformers.js, on the server’s machine: its absolute path, or its path below one of the folders in `GRAPHLOOM_MODEL_FOLDERS`. */
  folder: string; hub?: never; }
  |  { file?: never; folder?: never;   /** A model at a hub, whose files are downloaded. */
  hub: HubSourceInput; };

/** What a model does. */
export type ModelTask =
  /** Answers messages and continues texts. */
  | 'CHAT'
  /** Tells the labels of texts. */
  | 'CLASSIFICATION'
  /** Tells how well documents answer a query (a cross-encoder). */
  | 'RERANK'
  /** Turns tensors into tensors. */
  | 'TENSOR'
  /** Turns texts into vectors whose angle tells how near their meanings are. */
  | 'TEXT_EMBEDDING';

/** Where a model version stands between disk and memory. */
export type ModelVersionState =
  /** Its files are on their way from a hub. What is asked of it meanwhile is `UNAVAILABLE`. */
  | 'DOWNLOADING'
  /** Could not be loaded; `stateReason` says why. The next use tries again. */
  | 'FAILED'
  /** Its files are being checked and read. */
  | 'LOADING'
  /** Serving. */
  | 'READY'
  /** Not in memory; it loads by itself when it is first used. */
  | 'UNLOADED'
  /** Finishing what runs; its memory is given back then. */
  | 'UNLOADING'
  /** In memory, running for the first time. */
  | 'WARMING';

/** What the text must be: exactly one of the fields. Tokens that do not fit are never chosen. A text that ends by itself (STOP, without a stop string) is whole; one that ends by LENGTH is a beginning. */
export type OutputConstraintInput =
  {   /** One of these texts; 1 to 256, no two alike. */
  choice: Array<string>; grammar?: never; jsonSchema?: never; regex?: never; }
  |  { choice?: never;   /** A text of this grammar in EBNF as llama.cpp (GBNF) writes it; its first rule is `root`. */
  grammar: string; jsonSchema?: never; regex?: never; }
  |  { choice?: never; grammar?: never;   /** A JSON value that is valid by this JSON Schema (2020-12 or draft 7). A keyword that cannot be honoured is refused by its name. Objects have the properties that are named, in this order. */
  jsonSchema: unknown; regex?: never; }
  |  { choice?: never; grammar?: never; jsonSchema?: never;   /** A text that this regular expression matches as a whole; ECMAScript’s form without look-around and back-references. */
  regex: string; };

/** What to ask which model: exactly one of the fields. */
export type PredictInput =
  {   /** Answer messages. */
  chat: ChatInput; classification?: never; completion?: never; embedding?: never; rerank?: never; tensors?: never; }
  |  { chat?: never;   /** Tell the labels of texts. */
  classification: ClassificationInput; completion?: never; embedding?: never; rerank?: never; tensors?: never; }
  |  { chat?: never; classification?: never;   /** Continue a text. */
  completion: CompletionInput; embedding?: never; rerank?: never; tensors?: never; }
  |  { chat?: never; classification?: never; completion?: never;   /** Turn texts into vectors. */
  embedding: EmbeddingInput; rerank?: never; tensors?: never; }
  |  { chat?: never; classification?: never; completion?: never; embedding?: never;   /** Order documents by how well they answer a query. */
  rerank: RerankInput; tensors?: never; }
  |  { chat?: never; classification?: never; completion?: never; embedding?: never; rerank?: never;   /** Run a graph on tensors. */
  tensors: TensorsInput; };

/** Which predictions; all conditions that are given must hold. */
export type PredictionFilterInput = {
  /** Accepted after this time. */
  createdAfter?: string | null | undefined;
  /** Accepted before this time. */
  createdBefore?: string | null | undefined;
  /** Of this kind. */
  kind?: PredictionKind | null | undefined;
  /** Served by the model version with this id. */
  modelVersionId?: string | null | undefined;
  /** Asked of the model by exactly this reference. */
  requestedModel?: string | null | undefined;
  /** In one of these states. */
  state?: Array<PredictionState> | null | undefined;
};

/** What was asked for. */
export type PredictionKind =
  /** The answer to messages. */
  | 'CHAT'
  /** Labels of texts. */
  | 'CLASSIFICATION'
  /** The continuation of a text. */
  | 'COMPLETION'
  /** Vectors of texts. */
  | 'EMBEDDING'
  /** Documents in the order of how well they answer a query. */
  | 'RERANK'
  /** Tensors through a graph. */
  | 'TENSOR';

/** Order of a list of predictions. */
export type PredictionOrder =
  /** The oldest first. */
  | 'CREATED_AT_ASC'
  /** The newest first. */
  | 'CREATED_AT_DESC';

/** Where a prediction stands. */
export type PredictionState =
  /** A client cancelled it; `output` has what there was. */
  | 'CANCELLED'
  /** Ended without success; `error` says why, `output` has what there was. */
  | 'FAILED'
  /** Accepted and on disk; waits for its turn. */
  | 'QUEUED'
  /** The model works on it. */
  | 'RUNNING'
  /** Done; `output` is whole. */
  | 'SUCCEEDED';

/** A model version to register. */
export type RegisterModelVersionInput = {
  /** What the model is, at most 2,000 characters; unset leaves what is there. */
  description?: string | null | undefined;
  /** SPDX identifier of the licence of its weights; unset leaves what is there, `NOASSERTION` for a new model. */
  license?: string | null | undefined;
  /** Name of the model, which is made where there is none: 1 to 128 letters, digits, ".", "_" and "-". */
  name: string;
  /** Where its files are. */
  source: ModelSourceInput;
  /** Name of the version, unique within the model: 1 to 64 letters, digits, ".", "_" and "-". */
  version: string;
};

/** Documents to order by how well they answer a query. */
export type RerankInput = {
  /** 1 to 1000 texts, none longer than the model’s context together with the query. */
  documents: Array<string>;
  /** The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model: string;
  /** The query; not empty. */
  query: string;
  /** How many of the best to give, 1 or more; all when unset. */
  topN?: number | null | undefined;
};

/** What a caller may do. */
export type Role =
  /** Manages models and the server, and uses them. */
  | 'ADMIN'
  /** Uses models. */
  | 'MEMBER';

/** What a runner process is doing. */
export type RunnerState =
  /** It takes work. */
  | 'READY'
  /** It takes work while another process, with other settings, starts to take its place. */
  | 'REPLACING';

/** Where the server stands. */
export type ServerPhase =
  /** Finishing what runs; takes no new work. */
  | 'DRAINING'
  /** Serving. */
  | 'READY'
  /** Opening what it needs. */
  | 'STARTING'
  /** Ended. */
  | 'STOPPED';

/** An alias and the version that it is to name. */
export type SetModelAliasInput = {
  /** Id of the version; the alias belongs to its model. */
  modelVersionId: string;
  /** 1 to 64 characters of a–z, 0–9, ".", "_" and "-", beginning with a letter; unique within the model. */
  name: string;
  /** Whether the version is loaded and warm before the alias names it; what the alias named serves until then. When it cannot be loaded, the alias stays as it is. */
  warm?: boolean;
};

/** Why a stream ended. A server that stops sends no end: subscribe again with the last cursor. */
export type StreamEndReason =
  /** A client cancelled it. */
  | 'CANCELLED'
  /** It failed; the object says why. */
  | 'FAILED'
  /** The object came to its regular end. */
  | 'FINISHED';

/** A tensor, with exactly one of `data` and `base64`. */
export type TensorInput = {
  /** Its elements in row-major order, little-endian, as base64 with padding; bool has one byte each, 0 or 1. Not for texts. */
  base64?: string | null | undefined;
  /** Its elements, in arrays nested as the shape says or in one flat array in row-major order. Numbers; "NaN", "Infinity" and "-Infinity" as texts; whole numbers also as decimal texts, which those past 2⁵³ have to be; true and false; texts. */
  data?: unknown;
  /** Name of an input of the model. */
  name: string;
  /** Its sizes; at most 16, none for a single value. */
  shape: Array<number>;
  /** Its element type, as the model declares it: float32, float64, float16, int8, int16, int32, int64, uint8, uint16, uint32, uint64, bool, string. */
  type: string;
};

/** Tensors to run a graph on. The inputs together have at most 16777216 elements. */
export type TensorsInput = {
  /** Each input that the model version’s `inputs` tell, in any order; at most 64. Free sizes of one name have to agree. */
  inputs: Array<TensorInput>;
  /** The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model: string;
  /** Names of the outputs to compute and give; all when unset. */
  outputs?: Array<string> | null | undefined;
};

/** A call of a tool that the assistant asked for. */
export type ToolCallInput = {
  /** Arguments: an object. */
  arguments: unknown;
  /** Its id, by which a message of role TOOL answers it; unique within the chat. */
  id: string;
  /** Name of the tool. */
  name: string;
};

/** Whether tools are called: exactly one of the fields. */
export type ToolChoiceInput =
  {   /** Whether, when it is not to be one tool. */
  mode: ToolChoiceMode; tool?: never; }
  |  { mode?: never;   /** The answer begins with a call of the tool of this name. */
  tool: string; };

/** Whether tools are called. */
export type ToolChoiceMode =
  /** The model decides. */
  | 'AUTO'
  /** There are no calls: the model is not told of the tools. */
  | 'NONE'
  /** The answer begins with a call. */
  | 'REQUIRED';

/** A function that the model may ask to be called. */
export type ToolInput = {
  /** What it does, for the model to read; at most 8192 characters. */
  description?: string | null | undefined;
  /** 1 to 64 characters of A–Z, a–z, 0–9, _ and -. */
  name: string;
  /** Must be given: a JSON Schema (2020-12 or draft 7) with `"type": "object"` that the arguments of every call are valid by. A keyword that cannot be honoured is refused by its name. */
  parameters?: unknown;
};

/** What becomes of running predictions when their model version is unloaded. */
export type UnloadMode =
  /** What runs is cancelled: such predictions end as CANCELLED, with what they had, and with an error that says why. */
  | 'CANCEL'
  /** What runs is finished first. */
  | 'DRAIN';

/** What to unload. */
export type UnloadModelVersionInput = {
  /** Id of a model version. */
  id: string;
  /** What becomes of its running predictions. */
  mode?: UnloadMode;
};

/** Settings of a model version to change. What is left out stays; null is back to the server’s default. */
export type UpdateModelSettingsInput = {
  /** Whether answers may be given again for the same question of the same tenant. */
  cacheResponses?: boolean | null | undefined;
  /** Whether tokens of texts are drafted where `generation.draft` is not set: quicker for texts that repeat their prompts, and then not reproducible. */
  draft?: boolean | null | undefined;
  /** Id of a model version. */
  id: string;
  /** Unloaded after so long without work, milliseconds; 0 is never, at most 24 days. */
  idleTtlMs?: number | null | undefined;
  /** Tokens that one run computes at most, padding included; 64 to 65,536. */
  maxBatchTokens?: number | null | undefined;
  /** Predictions that may wait; 1 to 1,000,000. */
  maxQueueLength?: number | null | undefined;
  /** Whether it stays in memory once it is loaded, until it is unloaded by a mutation. */
  pinned?: boolean | null | undefined;
  /** Priority of predictions that state none; 0 to 9. */
  priority?: number | null | undefined;
  /** Threads of one run; 1 to 256. A running process is replaced by another without a failure. */
  threads?: number | null | undefined;
  /** How long a prediction may take from the start of its work, milliseconds; 0 is any time, at most a day. */
  timeoutMs?: number | null | undefined;
};

export type PercentileValuesFragment = { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null };

export type ModelFiguresFragment = { at: string, windowMs: number, requests: number, inferences: number, executions: number, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number, computeMs: number, queueLength: number, runningCount: number, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } };

export type ModelMetricsQueryVariables = Exact<{
  name: string;
  version: string;
  window: MetricsWindow;
}>;


export type ModelMetricsQuery = { model: { metrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number, computeMs: number, queueLength: number, runningCount: number, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } } } | null, modelVersion: { metrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number, computeMs: number, queueLength: number, runningCount: number, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } } } | null };

export type FollowModelMetricsSubscriptionVariables = Exact<{
  name: string;
  version?: string | null | undefined;
  window: MetricsWindow;
  everyMs: number;
}>;


export type FollowModelMetricsSubscription = { modelMetrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number, computeMs: number, queueLength: number, runningCount: number, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } } };

export type ModelVersionStatusFragment = { id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } };

export type ModelSettingsFragment = { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ id: string, name: string, task: ModelTask, description: string, license: string, aliases: Array<{ id: string, name: string, setBy: string, setAt: string, version: { id: string } }>, versions: Array<{ id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } }> }> };

export type ModelQueryVariables = Exact<{
  name: string;
  at?: string | null | undefined;
}>;


export type ModelQuery = { model: { id: string, name: string, task: ModelTask, version: { dtype: string, sizeBytes: number, sha256: string | null, contextTokens: number, embeddingDimensions: number | null, shorterDimensions: Array<number>, labels: Array<string>, id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, source:
        | { folder: string, origin: string }
        | { folder: string, file: string | null }
        | { repository: string, revision: string, commit: string }
      , inputs: Array<{ name: string, type: string, shape: Array<string> }>, outputs: Array<{ name: string, type: string, shape: Array<string> }>, runner: { id: string, pid: number, state: RunnerState, startedAt: string, restarts: number, queueLength: number, runningCount: number, breaker: { state: BreakerState, recentFailures: number, retryAt: string | null } } | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } } | null, metrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number, computeMs: number, queueLength: number, runningCount: number, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } } } | null };

export type AliasHistoryQueryVariables = Exact<{
  name: string;
}>;


export type AliasHistoryQuery = { model: { aliasHistory: Array<{ alias: string, setAt: string, setBy: string, version: { id: string, version: string } | null }> } | null };

export type ModelVersionQueryVariables = Exact<{
  name: string;
  version: string;
}>;


export type ModelVersionQuery = { modelVersion: { id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, model: { name: string }, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } } | null };

export type LoadModelVersionMutationVariables = Exact<{
  input: LoadModelVersionInput;
}>;


export type LoadModelVersionMutation = { loadModelVersion:
    | { __typename: 'ModelVersion', id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'OutOfMemory', code: ErrorCode, message: string, retryable: boolean, requiredBytes: number, availableBytes: number }
   };

export type UnloadModelVersionMutationVariables = Exact<{
  input: UnloadModelVersionInput;
}>;


export type UnloadModelVersionMutation = { unloadModelVersion:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'ModelVersion', id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type UpdateModelSettingsMutationVariables = Exact<{
  input: UpdateModelSettingsInput;
}>;


export type UpdateModelSettingsMutation = { updateModelSettings:
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'ModelVersion', id: string, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type SetModelAliasMutationVariables = Exact<{
  input: SetModelAliasInput;
}>;


export type SetModelAliasMutation = { setModelAlias:
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'LoadFailed', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'ModelAlias', id: string, name: string, version: { id: string } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'OutOfMemory', code: ErrorCode, message: string, retryable: boolean, requiredBytes: number, availableBytes: number }
   };

export type DeleteModelAliasMutationVariables = Exact<{
  input: DeleteModelAliasInput;
}>;


export type DeleteModelAliasMutation = { deleteModelAlias:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'ModelAlias', id: string, name: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type ModelVersionEventsSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type ModelVersionEventsSubscription = { modelVersionEvents:
    | { __typename: 'ModelVersionChanged', cursor: string, fromSequence: number, sequence: number, at: string, modelVersion: { id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } } }
    | { __typename: 'ModelVersionSnapshot', cursor: string, fromSequence: number, sequence: number, at: string, modelVersion: { id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } } }
    | { __typename: 'StreamEnd', cursor: string, fromSequence: number, sequence: number, at: string, reason: StreamEndReason }
    | { __typename: 'StreamGap', cursor: string, fromSequence: number, sequence: number, at: string, missed: number, firstAvailable: string, snapshot:
        | { __typename: 'Model', id: string }
        | { __typename: 'ModelVersion', id: string }
        | { __typename: 'Prediction', id: string }
       }
   };

export type RegisterModelVersionMutationVariables = Exact<{
  input: RegisterModelVersionInput;
}>;


export type RegisterModelVersionMutation = { registerModelVersion:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'ModelVersion', task: ModelTask, dtype: string, sizeBytes: number, sha256: string | null, contextTokens: number, embeddingDimensions: number | null, id: string, version: string, state: ModelVersionState, stateReason: string | null, residentBytes: number | null, requiredBytes: number, loadedAt: string | null, lastUsedAt: string | null, source:
        | { __typename: 'BundledSource' }
        | { __typename: 'FileSource', folder: string, file: string | null }
        | { __typename: 'HubSource', repository: string, revision: string, commit: string }
      , model: { id: string, name: string, description: string, license: string, aliases: Array<{ name: string, version: { id: string } }> }, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
    | { __typename: 'Unavailable', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
   };

export type DeleteModelVersionMutationVariables = Exact<{
  input: DeleteModelVersionInput;
}>;


export type DeleteModelVersionMutation = { deleteModelVersion:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'ModelVersion', id: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

type ProblemParts_Conflict_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_DeadlineExceeded_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_IdempotencyConflict_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_InvalidInput_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_LoadFailed_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_NotFound_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_OutOfMemory_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_Overloaded_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_Unavailable_Fragment = { code: ErrorCode, message: string, retryable: boolean };

export type ProblemPartsFragment =
  | ProblemParts_Conflict_Fragment
  | ProblemParts_DeadlineExceeded_Fragment
  | ProblemParts_IdempotencyConflict_Fragment
  | ProblemParts_InvalidInput_Fragment
  | ProblemParts_LoadFailed_Fragment
  | ProblemParts_NotFound_Fragment
  | ProblemParts_OutOfMemory_Fragment
  | ProblemParts_Overloaded_Fragment
  | ProblemParts_Unavailable_Fragment
;

export type ToolCallDeltaPartsFragment = { index: number, id: string, name: string, arguments: string };

export type PredictionPartsFragment = { id: string, state: PredictionState, kind: PredictionKind, requestedModel: string, finishReason: FinishReason | null, seed: number | null, priority: number, deadline: string | null, createdBy: string, createdAt: string, updatedAt: string, startedAt: string | null, endedAt: string | null, fingerprint: string | null, replayDiverged: boolean, reproducible: boolean | null, traceId: string, servedVersion: { id: string, version: string } | null, output:
    | { __typename: 'ClassificationOutput', texts: Array<{ index: number, labels: Array<{ label: string, score: number }> }> }
    | { __typename: 'EmbeddingOutput', vectors: Array<{ index: number, values: Array<number> }> }
    | { __typename: 'RankingOutput', ranking: Array<{ index: number, score: number, rank: number }> }
    | { __typename: 'TensorOutput', tensors: Array<{ name: string, type: string, shape: Array<number>, base64: string | null }> }
    | { __typename: 'TextOutput', text: string, toolCalls: Array<{ id: string, name: string, arguments: unknown }>, openToolCall: { index: number, id: string, name: string, arguments: string } | null }
   | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null, usage: { inputTokens: number, cachedInputTokens: number, outputTokens: number }, timings: { queueMs: number | null, loadMs: number | null, prefillMs: number | null, timeToFirstTokenMs: number | null, computeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, batch: { size: number, position: number, waitMs: number, tokens: number } | null, draft: { proposedTokens: number, acceptedTokens: number } | null, cache: { hit: boolean, key: string, ageMs: number | null } | null };

export type PredictMutationVariables = Exact<{
  input: PredictInput;
  priority?: number | null | undefined;
  deadlineMs?: number | null | undefined;
  store?: boolean | null | undefined;
}>;


export type PredictMutation = { predict:
    | { __typename: 'DeadlineExceeded', code: ErrorCode, message: string, retryable: boolean, prediction: { id: string, state: PredictionState } }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'OutOfMemory', requiredBytes: number, availableBytes: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', retryAfterMs: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Prediction', id: string, state: PredictionState, kind: PredictionKind, requestedModel: string, finishReason: FinishReason | null, seed: number | null, priority: number, deadline: string | null, createdBy: string, createdAt: string, updatedAt: string, startedAt: string | null, endedAt: string | null, fingerprint: string | null, replayDiverged: boolean, reproducible: boolean | null, traceId: string, servedVersion: { id: string, version: string } | null, output:
        | { __typename: 'ClassificationOutput', texts: Array<{ index: number, labels: Array<{ label: string, score: number }> }> }
        | { __typename: 'EmbeddingOutput', vectors: Array<{ index: number, values: Array<number> }> }
        | { __typename: 'RankingOutput', ranking: Array<{ index: number, score: number, rank: number }> }
        | { __typename: 'TensorOutput', tensors: Array<{ name: string, type: string, shape: Array<number>, base64: string | null }> }
        | { __typename: 'TextOutput', text: string, toolCalls: Array<{ id: string, name: string, arguments: unknown }>, openToolCall: { index: number, id: string, name: string, arguments: string } | null }
       | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null, usage: { inputTokens: number, cachedInputTokens: number, outputTokens: number }, timings: { queueMs: number | null, loadMs: number | null, prefillMs: number | null, timeToFirstTokenMs: number | null, computeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, batch: { size: number, position: number, waitMs: number, tokens: number } | null, draft: { proposedTokens: number, acceptedTokens: number } | null, cache: { hit: boolean, key: string, ageMs: number | null } | null }
   };

export type StartPredictionMutationVariables = Exact<{
  input: PredictInput;
  priority?: number | null | undefined;
  deadlineMs?: number | null | undefined;
  store?: boolean | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type StartPredictionMutation = { startPrediction:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'OutOfMemory', requiredBytes: number, availableBytes: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', retryAfterMs: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Prediction', id: string, state: PredictionState, kind: PredictionKind, requestedModel: string, finishReason: FinishReason | null, seed: number | null, priority: number, deadline: string | null, createdBy: string, createdAt: string, updatedAt: string, startedAt: string | null, endedAt: string | null, fingerprint: string | null, replayDiverged: boolean, reproducible: boolean | null, traceId: string, servedVersion: { id: string, version: string } | null, output:
        | { __typename: 'ClassificationOutput', texts: Array<{ index: number, labels: Array<{ label: string, score: number }> }> }
        | { __typename: 'EmbeddingOutput', vectors: Array<{ index: number, values: Array<number> }> }
        | { __typename: 'RankingOutput', ranking: Array<{ index: number, score: number, rank: number }> }
        | { __typename: 'TensorOutput', tensors: Array<{ name: string, type: string, shape: Array<number>, base64: string | null }> }
        | { __typename: 'TextOutput', text: string, toolCalls: Array<{ id: string, name: string, arguments: unknown }>, openToolCall: { index: number, id: string, name: string, arguments: string } | null }
       | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null, usage: { inputTokens: number, cachedInputTokens: number, outputTokens: number }, timings: { queueMs: number | null, loadMs: number | null, prefillMs: number | null, timeToFirstTokenMs: number | null, computeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, batch: { size: number, position: number, waitMs: number, tokens: number } | null, draft: { proposedTokens: number, acceptedTokens: number } | null, cache: { hit: boolean, key: string, ageMs: number | null } | null }
   };

export type CancelPredictionMutationVariables = Exact<{
  input: CancelPredictionInput;
}>;


export type CancelPredictionMutation = { cancelPrediction:
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Prediction', id: string, state: PredictionState, kind: PredictionKind, requestedModel: string, finishReason: FinishReason | null, seed: number | null, priority: number, deadline: string | null, createdBy: string, createdAt: string, updatedAt: string, startedAt: string | null, endedAt: string | null, fingerprint: string | null, replayDiverged: boolean, reproducible: boolean | null, traceId: string, servedVersion: { id: string, version: string } | null, output:
        | { __typename: 'ClassificationOutput', texts: Array<{ index: number, labels: Array<{ label: string, score: number }> }> }
        | { __typename: 'EmbeddingOutput', vectors: Array<{ index: number, values: Array<number> }> }
        | { __typename: 'RankingOutput', ranking: Array<{ index: number, score: number, rank: number }> }
        | { __typename: 'TensorOutput', tensors: Array<{ name: string, type: string, shape: Array<number>, base64: string | null }> }
        | { __typename: 'TextOutput', text: string, toolCalls: Array<{ id: string, name: string, arguments: unknown }>, openToolCall: { index: number, id: string, name: string, arguments: string } | null }
       | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null, usage: { inputTokens: number, cachedInputTokens: number, outputTokens: number }, timings: { queueMs: number | null, loadMs: number | null, prefillMs: number | null, timeToFirstTokenMs: number | null, computeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, batch: { size: number, position: number, waitMs: number, tokens: number } | null, draft: { proposedTokens: number, acceptedTokens: number } | null, cache: { hit: boolean, key: string, ageMs: number | null } | null }
   };

export type DeletePredictionMutationVariables = Exact<{
  input: DeletePredictionInput;
}>;


export type DeletePredictionMutation = { deletePrediction:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'DeletedPrediction', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type PredictionQueryVariables = Exact<{
  id: string;
}>;


export type PredictionQuery = { prediction: { input: unknown, id: string, state: PredictionState, kind: PredictionKind, requestedModel: string, finishReason: FinishReason | null, seed: number | null, priority: number, deadline: string | null, createdBy: string, createdAt: string, updatedAt: string, startedAt: string | null, endedAt: string | null, fingerprint: string | null, replayDiverged: boolean, reproducible: boolean | null, traceId: string, servedVersion: { id: string, version: string } | null, output:
      | { __typename: 'ClassificationOutput', texts: Array<{ index: number, labels: Array<{ label: string, score: number }> }> }
      | { __typename: 'EmbeddingOutput', vectors: Array<{ index: number, values: Array<number> }> }
      | { __typename: 'RankingOutput', ranking: Array<{ index: number, score: number, rank: number }> }
      | { __typename: 'TensorOutput', tensors: Array<{ name: string, type: string, shape: Array<number>, base64: string | null }> }
      | { __typename: 'TextOutput', text: string, toolCalls: Array<{ id: string, name: string, arguments: unknown }>, openToolCall: { index: number, id: string, name: string, arguments: string } | null }
     | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null, usage: { inputTokens: number, cachedInputTokens: number, outputTokens: number }, timings: { queueMs: number | null, loadMs: number | null, prefillMs: number | null, timeToFirstTokenMs: number | null, computeMs: number | null, totalMs: number | null, tokensPerSecond: number | null }, batch: { size: number, position: number, waitMs: number, tokens: number } | null, draft: { proposedTokens: number, acceptedTokens: number } | null, cache: { hit: boolean, key: string, ageMs: number | null } | null } | null };

export type PredictionTokensQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: number | null | undefined;
}>;


export type PredictionTokensQuery = { prediction: { id: string, output:
      | { json: unknown, tokens: Array<{ id: number, text: string, logprob: number | null, alternatives: Array<{ id: number, text: string, logprob: number }> | null }> }
      | Record<PropertyKey, never>
     | null } | null };

export type PredictionTensorsQueryVariables = Exact<{
  id: string;
}>;


export type PredictionTensorsQuery = { prediction: { id: string, output:
      | { tensors: Array<{ name: string, type: string, shape: Array<number>, data: unknown }> }
      | Record<PropertyKey, never>
     | null } | null };

export type PredictionChoicesQueryVariables = Exact<{
  id: string;
}>;


export type PredictionChoicesQuery = { prediction: { id: string, output:
      | { choices: Array<{ index: number, text: string, json: unknown, finishReason: FinishReason | null, seed: number | null, toolCalls: Array<{ id: string, name: string, arguments: unknown }>, tokens: Array<{ id: number, text: string }> }> }
      | Record<PropertyKey, never>
     | null } | null };

export type PredictionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: PredictionFilterInput | null | undefined;
  orderBy?: PredictionOrder | null | undefined;
}>;


export type PredictionsQuery = { predictions: { nodes: Array<{ id: string, state: PredictionState, kind: PredictionKind, createdAt: string, servedVersion: { id: string, version: string, state: ModelVersionState, model: { id: string, name: string }, metrics: { requests: number, latencyMs: { p50: number | null } } } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type EstimateQueryVariables = Exact<{
  input: PredictInput;
}>;


export type EstimateQuery = { estimate: { inputTokens: number, queueLength: number, queueWaitMs: number | null, cacheHit: boolean } };

export type PredictionEventsSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type PredictionEventsSubscription = { predictionEvents:
    | { __typename: 'PredictionChanged', cursor: string, fromSequence: number, sequence: number, at: string, prediction: { id: string, state: PredictionState, finishReason: FinishReason | null } }
    | { __typename: 'PredictionSnapshot', cursor: string, fromSequence: number, sequence: number, at: string, prediction: { id: string, state: PredictionState, output:
          | { text: string, toolCalls: Array<{ id: string, name: string, arguments: unknown }>, openToolCall: { index: number, id: string, name: string, arguments: string } | null }
          | Record<PropertyKey, never>
         | null } }
    | { __typename: 'StreamEnd', cursor: string, fromSequence: number, sequence: number, at: string, reason: StreamEndReason }
    | { __typename: 'StreamGap', cursor: string, fromSequence: number, sequence: number, at: string, missed: number, firstAvailable: string, snapshot:
        | { __typename: 'Model', id: string }
        | { __typename: 'ModelVersion', id: string }
        | { __typename: 'Prediction', state: PredictionState, id: string, output:
            | { text: string }
            | Record<PropertyKey, never>
           | null }
       }
    | { __typename: 'TokensDelta', cursor: string, fromSequence: number, sequence: number, at: string, choice: number, text: string, toolCalls: Array<{ index: number, id: string, name: string, arguments: string }>, tokens: Array<{ id: number, text: string, logprob: number | null }> }
   };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { subject: string, tenantId: string, roles: Array<Role>, expiresAt: string | null } };

export type ServerStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerStatusQuery = { server: { version: string, startedAt: string, phase: ServerPhase, stateStore: string, health: { ready: boolean, checks: Array<{ name: string, ok: boolean, message: string | null }> } } };

export type FindNodeQueryVariables = Exact<{
  id: string;
}>;


export type FindNodeQuery = { node:
    | { __typename: 'Model', id: string }
    | { __typename: 'ModelVersion', id: string }
    | { __typename: 'Prediction', id: string }
   | null };

export type FindNodesQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type FindNodesQuery = { nodes: Array<
    | { __typename: 'Model', id: string }
    | { __typename: 'ModelVersion', id: string }
    | { __typename: 'Prediction', id: string }
   | null> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const PercentileValuesFragmentDoc = new TypedDocumentString(`
    fragment PercentileValues on Percentiles {
  count
  mean
  p50
  p90
  p99
  max
}
    `, {"fragmentName":"PercentileValues"}) as unknown as TypedDocumentString<PercentileValuesFragment, unknown>;
export const ModelFiguresFragmentDoc = new TypedDocumentString(`
    fragment ModelFigures on ModelMetrics {
  at
  windowMs
  requests
  inferences
  executions
  cacheHits
  refusals
  failures {
    code
    count
  }
  inputTokens
  cachedInputTokens
  outputTokens
  generatedTokens
  computeMs
  queueLength
  runningCount
  latencyMs {
    ...PercentileValues
  }
  timeToFirstTokenMs {
    ...PercentileValues
  }
  interTokenMs {
    ...PercentileValues
  }
  tokensPerSecond
  batchSize {
    ...PercentileValues
  }
}
    fragment PercentileValues on Percentiles {
  count
  mean
  p50
  p90
  p99
  max
}`, {"fragmentName":"ModelFigures"}) as unknown as TypedDocumentString<ModelFiguresFragment, unknown>;
export const ModelSettingsFragmentDoc = new TypedDocumentString(`
    fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}
    `, {"fragmentName":"ModelSettings"}) as unknown as TypedDocumentString<ModelSettingsFragment, unknown>;
export const ModelVersionStatusFragmentDoc = new TypedDocumentString(`
    fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
    fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`, {"fragmentName":"ModelVersionStatus"}) as unknown as TypedDocumentString<ModelVersionStatusFragment, unknown>;
export const ProblemPartsFragmentDoc = new TypedDocumentString(`
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
    `, {"fragmentName":"ProblemParts"}) as unknown as TypedDocumentString<ProblemPartsFragment, unknown>;
export const ToolCallDeltaPartsFragmentDoc = new TypedDocumentString(`
    fragment ToolCallDeltaParts on ToolCallDelta {
  index
  id
  name
  arguments
}
    `, {"fragmentName":"ToolCallDeltaParts"}) as unknown as TypedDocumentString<ToolCallDeltaPartsFragment, unknown>;
export const PredictionPartsFragmentDoc = new TypedDocumentString(`
    fragment PredictionParts on Prediction {
  id
  state
  kind
  requestedModel
  servedVersion {
    id
    version
  }
  output {
    __typename
    ... on TextOutput {
      text
      toolCalls {
        id
        name
        arguments
      }
      openToolCall {
        ...ToolCallDeltaParts
      }
    }
    ... on EmbeddingOutput {
      vectors {
        index
        values
      }
    }
    ... on RankingOutput {
      ranking {
        index
        score
        rank
      }
    }
    ... on ClassificationOutput {
      texts {
        index
        labels {
          label
          score
        }
      }
    }
    ... on TensorOutput {
      tensors {
        name
        type
        shape
        base64
      }
    }
  }
  error {
    code
    message
    retryable
    errorId
  }
  finishReason
  usage {
    inputTokens
    cachedInputTokens
    outputTokens
  }
  timings {
    queueMs
    loadMs
    prefillMs
    timeToFirstTokenMs
    computeMs
    totalMs
    tokensPerSecond
  }
  seed
  priority
  deadline
  createdBy
  createdAt
  updatedAt
  startedAt
  endedAt
  fingerprint
  replayDiverged
  reproducible
  batch {
    size
    position
    waitMs
    tokens
  }
  draft {
    proposedTokens
    acceptedTokens
  }
  cache {
    hit
    key
    ageMs
  }
  traceId
}
    fragment ToolCallDeltaParts on ToolCallDelta {
  index
  id
  name
  arguments
}`, {"fragmentName":"PredictionParts"}) as unknown as TypedDocumentString<PredictionPartsFragment, unknown>;
export const ModelMetricsDocument = new TypedDocumentString(`
    query ModelMetrics($name: String!, $version: String!, $window: MetricsWindow!) {
  model(name: $name) {
    metrics(window: $window) {
      ...ModelFigures
    }
  }
  modelVersion(name: $name, version: $version) {
    metrics(window: $window) {
      ...ModelFigures
    }
  }
}
    fragment PercentileValues on Percentiles {
  count
  mean
  p50
  p90
  p99
  max
}
fragment ModelFigures on ModelMetrics {
  at
  windowMs
  requests
  inferences
  executions
  cacheHits
  refusals
  failures {
    code
    count
  }
  inputTokens
  cachedInputTokens
  outputTokens
  generatedTokens
  computeMs
  queueLength
  runningCount
  latencyMs {
    ...PercentileValues
  }
  timeToFirstTokenMs {
    ...PercentileValues
  }
  interTokenMs {
    ...PercentileValues
  }
  tokensPerSecond
  batchSize {
    ...PercentileValues
  }
}`) as unknown as TypedDocumentString<ModelMetricsQuery, ModelMetricsQueryVariables>;
export const FollowModelMetricsDocument = new TypedDocumentString(`
    subscription FollowModelMetrics($name: String!, $version: String, $window: MetricsWindow!, $everyMs: Int!) {
  modelMetrics(name: $name, version: $version, window: $window, everyMs: $everyMs) {
    ...ModelFigures
  }
}
    fragment PercentileValues on Percentiles {
  count
  mean
  p50
  p90
  p99
  max
}
fragment ModelFigures on ModelMetrics {
  at
  windowMs
  requests
  inferences
  executions
  cacheHits
  refusals
  failures {
    code
    count
  }
  inputTokens
  cachedInputTokens
  outputTokens
  generatedTokens
  computeMs
  queueLength
  runningCount
  latencyMs {
    ...PercentileValues
  }
  timeToFirstTokenMs {
    ...PercentileValues
  }
  interTokenMs {
    ...PercentileValues
  }
  tokensPerSecond
  batchSize {
    ...PercentileValues
  }
}`) as unknown as TypedDocumentString<FollowModelMetricsSubscription, FollowModelMetricsSubscriptionVariables>;
export const ModelsDocument = new TypedDocumentString(`
    query Models {
  models {
    id
    name
    task
    description
    license
    aliases {
      id
      name
      setBy
      setAt
      version {
        id
      }
    }
    versions {
      ...ModelVersionStatus
    }
  }
}
    fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const ModelDocument = new TypedDocumentString(`
    query Model($name: String!, $at: String = "latest") {
  model(name: $name) {
    id
    name
    task
    version(at: $at) {
      ...ModelVersionStatus
      dtype
      sizeBytes
      sha256
      contextTokens
      embeddingDimensions
      shorterDimensions
      labels
      source {
        ... on BundledSource {
          folder
          origin
        }
        ... on FileSource {
          folder
          file
        }
        ... on HubSource {
          repository
          revision
          commit
        }
      }
      inputs {
        name
        type
        shape
      }
      outputs {
        name
        type
        shape
      }
      runner {
        id
        pid
        state
        startedAt
        restarts
        queueLength
        runningCount
        breaker {
          state
          recentFailures
          retryAt
        }
      }
    }
    metrics(window: ONE_MINUTE) {
      ...ModelFigures
    }
  }
}
    fragment PercentileValues on Percentiles {
  count
  mean
  p50
  p90
  p99
  max
}
fragment ModelFigures on ModelMetrics {
  at
  windowMs
  requests
  inferences
  executions
  cacheHits
  refusals
  failures {
    code
    count
  }
  inputTokens
  cachedInputTokens
  outputTokens
  generatedTokens
  computeMs
  queueLength
  runningCount
  latencyMs {
    ...PercentileValues
  }
  timeToFirstTokenMs {
    ...PercentileValues
  }
  interTokenMs {
    ...PercentileValues
  }
  tokensPerSecond
  batchSize {
    ...PercentileValues
  }
}
fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<ModelQuery, ModelQueryVariables>;
export const AliasHistoryDocument = new TypedDocumentString(`
    query AliasHistory($name: String!) {
  model(name: $name) {
    aliasHistory {
      alias
      setAt
      setBy
      version {
        id
        version
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AliasHistoryQuery, AliasHistoryQueryVariables>;
export const ModelVersionDocument = new TypedDocumentString(`
    query ModelVersion($name: String!, $version: String!) {
  modelVersion(name: $name, version: $version) {
    ...ModelVersionStatus
    model {
      name
    }
  }
}
    fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<ModelVersionQuery, ModelVersionQueryVariables>;
export const LoadModelVersionDocument = new TypedDocumentString(`
    mutation LoadModelVersion($input: LoadModelVersionInput!) {
  loadModelVersion(input: $input) {
    __typename
    ...ModelVersionStatus
    ... on Problem {
      code
      message
      retryable
    }
    ... on OutOfMemory {
      requiredBytes
      availableBytes
    }
  }
}
    fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<LoadModelVersionMutation, LoadModelVersionMutationVariables>;
export const UnloadModelVersionDocument = new TypedDocumentString(`
    mutation UnloadModelVersion($input: UnloadModelVersionInput!) {
  unloadModelVersion(input: $input) {
    __typename
    ...ModelVersionStatus
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<UnloadModelVersionMutation, UnloadModelVersionMutationVariables>;
export const UpdateModelSettingsDocument = new TypedDocumentString(`
    mutation UpdateModelSettings($input: UpdateModelSettingsInput!) {
  updateModelSettings(input: $input) {
    __typename
    ... on ModelVersion {
      id
      settings {
        ...ModelSettings
      }
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<UpdateModelSettingsMutation, UpdateModelSettingsMutationVariables>;
export const SetModelAliasDocument = new TypedDocumentString(`
    mutation SetModelAlias($input: SetModelAliasInput!) {
  setModelAlias(input: $input) {
    __typename
    ... on ModelAlias {
      id
      name
      version {
        id
      }
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on OutOfMemory {
      requiredBytes
      availableBytes
    }
  }
}
    `) as unknown as TypedDocumentString<SetModelAliasMutation, SetModelAliasMutationVariables>;
export const DeleteModelAliasDocument = new TypedDocumentString(`
    mutation DeleteModelAlias($input: DeleteModelAliasInput!) {
  deleteModelAlias(input: $input) {
    __typename
    ... on ModelAlias {
      id
      name
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteModelAliasMutation, DeleteModelAliasMutationVariables>;
export const ModelVersionEventsDocument = new TypedDocumentString(`
    subscription ModelVersionEvents($id: ID!, $after: Cursor) {
  modelVersionEvents(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
      fromSequence
      sequence
      at
    }
    ... on ModelVersionSnapshot {
      modelVersion {
        ...ModelVersionStatus
      }
    }
    ... on ModelVersionChanged {
      modelVersion {
        ...ModelVersionStatus
      }
    }
    ... on StreamGap {
      missed
      firstAvailable
      snapshot {
        __typename
        id
      }
    }
    ... on StreamEnd {
      reason
    }
  }
}
    fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<ModelVersionEventsSubscription, ModelVersionEventsSubscriptionVariables>;
export const RegisterModelVersionDocument = new TypedDocumentString(`
    mutation RegisterModelVersion($input: RegisterModelVersionInput!) {
  registerModelVersion(input: $input) {
    __typename
    ... on ModelVersion {
      ...ModelVersionStatus
      task
      dtype
      sizeBytes
      sha256
      contextTokens
      embeddingDimensions
      source {
        __typename
        ... on FileSource {
          folder
          file
        }
        ... on HubSource {
          repository
          revision
          commit
        }
      }
      model {
        id
        name
        description
        license
        aliases {
          name
          version {
            id
          }
        }
      }
    }
    ... on InvalidInput {
      path
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on Overloaded {
      retryAfterMs
    }
    ... on Unavailable {
      retryAfterMs
    }
  }
}
    fragment ModelVersionStatus on ModelVersion {
  id
  version
  state
  stateReason
  loadProgress {
    phase
    doneBytes
    totalBytes
    percent
    etaMs
  }
  residentBytes
  requiredBytes
  loadedAt
  lastUsedAt
  settings {
    ...ModelSettings
  }
}
fragment ModelSettings on ModelSettings {
  maxBatchTokens
  maxQueueLength
  idleTtlMs
  threads
  cacheResponses
  draft
  timeoutMs
  pinned
  priority
}`) as unknown as TypedDocumentString<RegisterModelVersionMutation, RegisterModelVersionMutationVariables>;
export const DeleteModelVersionDocument = new TypedDocumentString(`
    mutation DeleteModelVersion($input: DeleteModelVersionInput!) {
  deleteModelVersion(input: $input) {
    __typename
    ... on ModelVersion {
      id
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteModelVersionMutation, DeleteModelVersionMutationVariables>;
export const PredictDocument = new TypedDocumentString(`
    mutation Predict($input: PredictInput!, $priority: Int, $deadlineMs: Float, $store: Boolean = true) {
  predict(
    input: $input
    priority: $priority
    deadlineMs: $deadlineMs
    store: $store
  ) {
    __typename
    ...PredictionParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
    ... on OutOfMemory {
      requiredBytes
      availableBytes
    }
    ... on DeadlineExceeded {
      prediction {
        id
        state
      }
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment ToolCallDeltaParts on ToolCallDelta {
  index
  id
  name
  arguments
}
fragment PredictionParts on Prediction {
  id
  state
  kind
  requestedModel
  servedVersion {
    id
    version
  }
  output {
    __typename
    ... on TextOutput {
      text
      toolCalls {
        id
        name
        arguments
      }
      openToolCall {
        ...ToolCallDeltaParts
      }
    }
    ... on EmbeddingOutput {
      vectors {
        index
        values
      }
    }
    ... on RankingOutput {
      ranking {
        index
        score
        rank
      }
    }
    ... on ClassificationOutput {
      texts {
        index
        labels {
          label
          score
        }
      }
    }
    ... on TensorOutput {
      tensors {
        name
        type
        shape
        base64
      }
    }
  }
  error {
    code
    message
    retryable
    errorId
  }
  finishReason
  usage {
    inputTokens
    cachedInputTokens
    outputTokens
  }
  timings {
    queueMs
    loadMs
    prefillMs
    timeToFirstTokenMs
    computeMs
    totalMs
    tokensPerSecond
  }
  seed
  priority
  deadline
  createdBy
  createdAt
  updatedAt
  startedAt
  endedAt
  fingerprint
  replayDiverged
  reproducible
  batch {
    size
    position
    waitMs
    tokens
  }
  draft {
    proposedTokens
    acceptedTokens
  }
  cache {
    hit
    key
    ageMs
  }
  traceId
}`) as unknown as TypedDocumentString<PredictMutation, PredictMutationVariables>;
export const StartPredictionDocument = new TypedDocumentString(`
    mutation StartPrediction($input: PredictInput!, $priority: Int, $deadlineMs: Float, $store: Boolean = true, $idempotencyKey: String) {
  startPrediction(
    input: $input
    priority: $priority
    deadlineMs: $deadlineMs
    store: $store
    idempotencyKey: $idempotencyKey
  ) {
    __typename
    ...PredictionParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
    ... on OutOfMemory {
      requiredBytes
      availableBytes
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment ToolCallDeltaParts on ToolCallDelta {
  index
  id
  name
  arguments
}
fragment PredictionParts on Prediction {
  id
  state
  kind
  requestedModel
  servedVersion {
    id
    version
  }
  output {
    __typename
    ... on TextOutput {
      text
      toolCalls {
        id
        name
        arguments
      }
      openToolCall {
        ...ToolCallDeltaParts
      }
    }
    ... on EmbeddingOutput {
      vectors {
        index
        values
      }
    }
    ... on RankingOutput {
      ranking {
        index
        score
        rank
      }
    }
    ... on ClassificationOutput {
      texts {
        index
        labels {
          label
          score
        }
      }
    }
    ... on TensorOutput {
      tensors {
        name
        type
        shape
        base64
      }
    }
  }
  error {
    code
    message
    retryable
    errorId
  }
  finishReason
  usage {
    inputTokens
    cachedInputTokens
    outputTokens
  }
  timings {
    queueMs
    loadMs
    prefillMs
    timeToFirstTokenMs
    computeMs
    totalMs
    tokensPerSecond
  }
  seed
  priority
  deadline
  createdBy
  createdAt
  updatedAt
  startedAt
  endedAt
  fingerprint
  replayDiverged
  reproducible
  batch {
    size
    position
    waitMs
    tokens
  }
  draft {
    proposedTokens
    acceptedTokens
  }
  cache {
    hit
    key
    ageMs
  }
  traceId
}`) as unknown as TypedDocumentString<StartPredictionMutation, StartPredictionMutationVariables>;
export const CancelPredictionDocument = new TypedDocumentString(`
    mutation CancelPrediction($input: CancelPredictionInput!) {
  cancelPrediction(input: $input) {
    __typename
    ...PredictionParts
    ...ProblemParts
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment ToolCallDeltaParts on ToolCallDelta {
  index
  id
  name
  arguments
}
fragment PredictionParts on Prediction {
  id
  state
  kind
  requestedModel
  servedVersion {
    id
    version
  }
  output {
    __typename
    ... on TextOutput {
      text
      toolCalls {
        id
        name
        arguments
      }
      openToolCall {
        ...ToolCallDeltaParts
      }
    }
    ... on EmbeddingOutput {
      vectors {
        index
        values
      }
    }
    ... on RankingOutput {
      ranking {
        index
        score
        rank
      }
    }
    ... on ClassificationOutput {
      texts {
        index
        labels {
          label
          score
        }
      }
    }
    ... on TensorOutput {
      tensors {
        name
        type
        shape
        base64
      }
    }
  }
  error {
    code
    message
    retryable
    errorId
  }
  finishReason
  usage {
    inputTokens
    cachedInputTokens
    outputTokens
  }
  timings {
    queueMs
    loadMs
    prefillMs
    timeToFirstTokenMs
    computeMs
    totalMs
    tokensPerSecond
  }
  seed
  priority
  deadline
  createdBy
  createdAt
  updatedAt
  startedAt
  endedAt
  fingerprint
  replayDiverged
  reproducible
  batch {
    size
    position
    waitMs
    tokens
  }
  draft {
    proposedTokens
    acceptedTokens
  }
  cache {
    hit
    key
    ageMs
  }
  traceId
}`) as unknown as TypedDocumentString<CancelPredictionMutation, CancelPredictionMutationVariables>;
export const DeletePredictionDocument = new TypedDocumentString(`
    mutation DeletePrediction($input: DeletePredictionInput!) {
  deletePrediction(input: $input) {
    __typename
    ... on DeletedPrediction {
      deletedId
    }
    ...ProblemParts
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<DeletePredictionMutation, DeletePredictionMutationVariables>;
export const PredictionDocument = new TypedDocumentString(`
    query Prediction($id: ID!) {
  prediction(id: $id) {
    ...PredictionParts
    input
  }
}
    fragment ToolCallDeltaParts on ToolCallDelta {
  index
  id
  name
  arguments
}
fragment PredictionParts on Prediction {
  id
  state
  kind
  requestedModel
  servedVersion {
    id
    version
  }
  output {
    __typename
    ... on TextOutput {
      text
      toolCalls {
        id
        name
        arguments
      }
      openToolCall {
        ...ToolCallDeltaParts
      }
    }
    ... on EmbeddingOutput {
      vectors {
        index
        values
      }
    }
    ... on RankingOutput {
      ranking {
        index
        score
        rank
      }
    }
    ... on ClassificationOutput {
      texts {
        index
        labels {
          label
          score
        }
      }
    }
    ... on TensorOutput {
      tensors {
        name
        type
        shape
        base64
      }
    }
  }
  error {
    code
    message
    retryable
    errorId
  }
  finishReason
  usage {
    inputTokens
    cachedInputTokens
    outputTokens
  }
  timings {
    queueMs
    loadMs
    prefillMs
    timeToFirstTokenMs
    computeMs
    totalMs
    tokensPerSecond
  }
  seed
  priority
  deadline
  createdBy
  createdAt
  updatedAt
  startedAt
  endedAt
  fingerprint
  replayDiverged
  reproducible
  batch {
    size
    position
    waitMs
    tokens
  }
  draft {
    proposedTokens
    acceptedTokens
  }
  cache {
    hit
    key
    ageMs
  }
  traceId
}`) as unknown as TypedDocumentString<PredictionQuery, PredictionQueryVariables>;
export const PredictionTokensDocument = new TypedDocumentString(`
    query PredictionTokens($id: ID!, $first: Int = 100, $after: Int = 0) {
  prediction(id: $id) {
    id
    output {
      ... on TextOutput {
        json
        tokens(first: $first, after: $after) {
          id
          text
          logprob
          alternatives {
            id
            text
            logprob
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PredictionTokensQuery, PredictionTokensQueryVariables>;
export const PredictionTensorsDocument = new TypedDocumentString(`
    query PredictionTensors($id: ID!) {
  prediction(id: $id) {
    id
    output {
      ... on TensorOutput {
        tensors {
          name
          type
          shape
          data
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PredictionTensorsQuery, PredictionTensorsQueryVariables>;
export const PredictionChoicesDocument = new TypedDocumentString(`
    query PredictionChoices($id: ID!) {
  prediction(id: $id) {
    id
    output {
      ... on TextOutput {
        choices {
          index
          text
          json
          finishReason
          seed
          toolCalls {
            id
            name
            arguments
          }
          tokens {
            id
            text
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PredictionChoicesQuery, PredictionChoicesQueryVariables>;
export const PredictionsDocument = new TypedDocumentString(`
    query Predictions($first: Int, $after: Cursor, $last: Int, $before: Cursor, $filter: PredictionFilterInput, $orderBy: PredictionOrder = CREATED_AT_DESC) {
  predictions(
    first: $first
    after: $after
    last: $last
    before: $before
    filter: $filter
    orderBy: $orderBy
  ) {
    nodes {
      id
      state
      kind
      createdAt
      servedVersion {
        id
        version
        state
        model {
          id
          name
        }
        metrics(window: ONE_MINUTE) {
          requests
          latencyMs {
            p50
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<PredictionsQuery, PredictionsQueryVariables>;
export const EstimateDocument = new TypedDocumentString(`
    query Estimate($input: PredictInput!) {
  estimate(input: $input) {
    inputTokens
    queueLength
    queueWaitMs
    cacheHit
  }
}
    `) as unknown as TypedDocumentString<EstimateQuery, EstimateQueryVariables>;
export const PredictionEventsDocument = new TypedDocumentString(`
    subscription PredictionEvents($id: ID!, $after: Cursor) {
  predictionEvents(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
      fromSequence
      sequence
      at
    }
    ... on PredictionSnapshot {
      prediction {
        id
        state
        output {
          ... on TextOutput {
            text
            toolCalls {
              id
              name
              arguments
            }
            openToolCall {
              ...ToolCallDeltaParts
            }
          }
        }
      }
    }
    ... on TokensDelta {
      choice
      text
      toolCalls {
        ...ToolCallDeltaParts
      }
      tokens {
        id
        text
        logprob
      }
    }
    ... on PredictionChanged {
      prediction {
        id
        state
        finishReason
      }
    }
    ... on StreamGap {
      missed
      firstAvailable
      snapshot {
        __typename
        id
        ... on Prediction {
          state
          output {
            ... on TextOutput {
              text
            }
          }
        }
      }
    }
    ... on StreamEnd {
      reason
    }
  }
}
    fragment ToolCallDeltaParts on ToolCallDelta {
  index
  id
  name
  arguments
}`) as unknown as TypedDocumentString<PredictionEventsSubscription, PredictionEventsSubscriptionVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    subject
    tenantId
    roles
    expiresAt
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const ServerStatusDocument = new TypedDocumentString(`
    query ServerStatus {
  server {
    version
    startedAt
    phase
    stateStore
    health {
      ready
      checks {
        name
        ok
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ServerStatusQuery, ServerStatusQueryVariables>;
export const FindNodeDocument = new TypedDocumentString(`
    query FindNode($id: ID!) {
  node(id: $id) {
    __typename
    id
  }
}
    `) as unknown as TypedDocumentString<FindNodeQuery, FindNodeQueryVariables>;
export const FindNodesDocument = new TypedDocumentString(`
    query FindNodes($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
  }
}
    `) as unknown as TypedDocumentString<FindNodesQuery, FindNodesQueryVariables>;