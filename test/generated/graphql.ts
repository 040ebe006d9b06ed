/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The rule by which an answer says that it is not in these documents. */
export type AbsenceRule =
  /** No sentence of what was found is as relevant to the question as `minRelevance` asks. */
  | 'NOT_RELEVANT'
  /** The search found nothing that you may see. */
  | 'NO_HITS'
  /** Sentences were written, and withheld because no passage supports any of them. */
  | 'NO_SUPPORT';

/** Documents to be taken in. */
export type AddDocumentsInput = {
  /** 1 to 1000 documents; a key may be there once. */
  documents: Array<DocumentInput>;
  /** Name of a knowledge base. */
  knowledgeBase: string;
};

/** How the questions of an evaluation are answered. A model writes with a temperature of 0. */
export type AnswerEvaluationInput = {
  /** Of EXTRACTIVE: the most sentences that are quoted; 1 to 20. */
  maxSentences?: number;
  /** What a sentence of the documents needs to count as relevant: 0.65 of its cosine with the question and 0.35 of the question’s words in it, the rarer the heavier. When none has it, the answer is that it is not in these documents. 0 to 1. */
  minRelevance?: number;
  /** How it is answered. */
  mode?: AnswerMode;
  /** Of GENERATIVE, and of rewriting by MODEL: The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model?: string | null | undefined;
  /** Whether sentences without support are withheld. */
  requireCitations?: boolean;
  /** What a sentence of the answer and a passage need to have in common for support; 0 to 1. */
  supportThreshold?: number;
};

/** How a question is answered. */
export type AnswerMode =
  /** The most relevant sentences of the documents, quoted exactly; no language model writes anything. */
  | 'EXTRACTIVE'
  /** A chat model writes; each of its sentences is then compared with the passages. */
  | 'GENERATIVE';

/** Order of answers. */
export type AnswerOrder =
  /** The oldest first. */
  | 'CREATED_AT_ASC'
  /** The newest first. */
  | 'CREATED_AT_DESC';

/** How passages for an answer are found. */
export type AnswerSearchInput = {
  /** Name of a snapshot that each of the knowledge bases has: what was found then is found, with the same scores, except in documents that were deleted since. Who may see a document is asked of then and of now. */
  asOf?: string | null | undefined;
  /** Chunks that each way of searching gives before they are joined; `first` to 1000. */
  candidates?: number;
  /** How much a hit loses by being like one before it, 0 to 1 (maximal marginal relevance with lambda = 1 − diversity); it does not count when unset. */
  diversity?: number | null | undefined;
  /** What chunks have to fulfil before they are ranked. */
  filter?: MetadataFilterInput | null | undefined;
  /** How many passages; 1 to 100. */
  first?: number;
  /** How the lists of a hybrid search are joined. */
  fusion?: FusionInput | null | undefined;
  /** Hits have at least this `scores.fused`, which is the cosine by VECTOR, BM25 by TEXT. */
  minScore?: number | null | undefined;
  /** How chunks are found. */
  mode?: SearchMode;
  /** Whether a document has its best chunk alone among the passages. */
  onePerDocument?: boolean;
  /** Lets a model order the best candidates anew. */
  rerank?: RerankStageInput | null | undefined;
};

/** Where an answer stands. */
export type AnswerState =
  /** A client ended it. */
  | 'CANCELLED'
  /** It could not be completed; `error` says why. */
  | 'FAILED'
  /** It waits to be begun. */
  | 'QUEUED'
  /** It is searched for, or written. */
  | 'RUNNING'
  /** It is complete; it may say that nothing was found. */
  | 'SUCCEEDED';

/** An earlier question of a conversation, and its answer. */
export type AnswerTurnInput = {
  /** What was answered; at most 32,768 characters. */
  answer: string;
  /** What was asked; 1 to 8192 characters. */
  question: string;
};

/** Whether something that failed again and again is tried. */
export type BreakerState =
  /** Work goes on. */
  | 'CLOSED'
  /** The next try decides. */
  | 'HALF_OPEN'
  /** Nothing is tried until `retryAt`. */
  | 'OPEN';

/** What to cancel. */
export type CancelAnswerInput = {
  /** Id of an answer. */
  id: string;
};

/** What is not to go on. */
export type CancelIngestionInput = {
  /** Name of a knowledge base. */
  knowledgeBase: string;
};

/** What to cancel. */
export type CancelPredictionInput = {
  /** Id of a prediction. */
  id: string;
};

/** What to cancel. */
export type CancelTaskInput = {
  /** Id of a task. */
  id: string;
  /** Whether all that waits for it in its graph, and for that, is cancelled too once it has ended; otherwise each ends, or runs, by its policy. */
  withChildren?: boolean;
};

/** What becomes of due times of a schedule that were missed: nobody had fired them 10 seconds after their time, because no server ran. */
export type CatchUpPolicy =
  /** Each of them is fired, in order; of more than 1,000 the latest 1,000. */
  | 'ALL'
  /** The latest of them is fired, once. */
  | 'LATEST'
  /** They are left out. */
  | 'NONE';

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

/** How documents become chunks, and chunks what is embedded. */
export type ChunkingInput = {
  /** The most tokens of a chunk with what is put before it; 8 to what the model takes, 256 (or what the model takes, if that is less) when unset. */
  maxTokens?: number | null | undefined;
  /** Where documents are cut; STRUCTURE when unset. */
  method?: ChunkingMethod | null | undefined;
  /** Tokens at the end of a chunk that the next begins with; 0 to less than half of `maxTokens`, an eighth of it up to 32 when unset. */
  overlapTokens?: number | null | undefined;
  /** Whether the title and the headings above a chunk are embedded and searched with it; true when unset. */
  withHeadings?: boolean | null | undefined;
};

/** How a document is cut into chunks. */
export type ChunkingMethod =
  /** As many words as fit, across all structure. */
  | 'FIXED'
  /** Each row, paragraph or other segment for itself. */
  | 'ROW'
  /** Whole paragraphs, lists, tables and sentences under one heading, as long as they fit. */
  | 'STRUCTURE';

/** Which tasks a worker wants. */
export type ClaimTasksInput = {
  /** Tasks of all tenants, for administrators; else those of the caller’s tenant alone. */
  allTenants?: boolean;
  /** The most tasks; 1 to 100. */
  count?: number;
  /** How long the tasks are the worker’s without a heartbeat, milliseconds; 1,000 to 3,600,000. */
  leaseMs?: number;
  /** Names of types that it can do; 1 to 100. */
  types: Array<string>;
  /** How long to wait for the first task when there is none, milliseconds; 0 to 30,000. */
  waitMs?: number;
  /** Who claims. */
  worker: WorkerInput;
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

/** What the work gave. */
export type CompleteTaskInput = {
  /** Id of the task. */
  id: string;
  /** By the output schema of the type. */
  output?: unknown;
  /** The claim’s `token`. */
  token: string;
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

/** A knowledge base to be made. */
export type CreateKnowledgeBaseInput = {
  /** How its documents become chunks. */
  chunking?: ChunkingInput | null | undefined;
  /** What it is for; at most 4,096 characters. */
  description?: string | null | undefined;
  /** The model that makes its vectors: "name", "name:version" or "name@alias"; all-MiniLM-L6-v2 when unset. What the reference means now stays. */
  embeddingModel?: string | null | undefined;
  /** The language of searches by text. */
  language?: TextLanguage;
  /** Fields that its documents may have; at most 64. */
  metadataFields?: Array<MetadataFieldInput>;
  /** Its name, unique within the tenant: 1 to 128 letters, digits, ".", "_" and "-"; it begins with a letter or digit. */
  name: string;
};

/** A file that is to come. */
export type CreateUploadInput = {
  /** What it is, as "text/markdown". What the content shows counts more. Images, sounds and films are refused. */
  mediaType?: string | null | undefined;
  /** Its name with its ending, which tells kinds of text from each other; 1 to 512 characters. */
  name?: string | null | undefined;
  /** Its size, bytes; at least 1. Other sizes are then refused. At most GRAPHLOOM_DOCUMENT_MAX_BYTES. */
  sizeBytes?: number | null | undefined;
};

/** What to delete. */
export type DeleteAnswerInput = {
  /** Id of an answer. */
  id: string;
};

/** What to delete. */
export type DeleteDocumentInput = {
  /** Id of a document. */
  id: string;
};

/** What to delete. */
export type DeleteEvaluationInput = {
  /** Id of an evaluation. */
  id: string;
};

/** What to delete. */
export type DeleteKnowledgeBaseInput = {
  /** Name of a knowledge base. */
  name: string;
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

/** What to delete. */
export type DeleteScheduleInput = {
  /** Name of a schedule. */
  name: string;
};

/** What to delete. */
export type DeleteTaskInput = {
  /** Id of an ended task. */
  id: string;
};

/** Who may see a document: nobody else of the tenant finds it, reads it or counts it. Who adds it sees it too. */
export type DocumentAccessInput = {
  /** Groups, as credentials name them; at most 256. */
  groups?: Array<string>;
  /** Subjects, as their credentials name them; at most 256. */
  users?: Array<string>;
};

/** A document. */
export type DocumentInput = {
  /** Who may see it; null is everybody of the tenant. As before when unset, and everybody of a new document. */
  access?: DocumentAccessInput | null | undefined;
  /** How it is cut, where that is not as the knowledge base’s documents are; what is unset of it is as theirs. Null is as theirs. As before when unset. */
  chunking?: ChunkingInput | null | undefined;
  /** Your own name for it: a document of a key that is there becomes its next version, and one of a document that you may not see is a Conflict. 1 to 512 characters; without one it is a new document each time. */
  key?: string | null | undefined;
  /** What it is, e.g. `text/markdown`; found out from its content when unset. */
  mediaType?: string | null | undefined;
  /** Values of the knowledge base’s metadata fields, by their names. Those of the version before stay when unset. */
  metadata?: unknown;
  /** Where it comes from, e.g. a file name or an address; its ending helps to find out what it is. At most 2,048 characters. */
  source?: string | null | undefined;
  /** Its content; this, `url` or `upload` is given. */
  text?: string | null | undefined;
  /** As it is to be called; what the document says when unset. At most 2,048 characters. */
  title?: string | null | undefined;
  /** A complete upload that has its content; see `createUpload`. */
  upload?: string | null | undefined;
  /** Where its content is on the web: an http or https address of at most 8,192 characters. It is got when its turn comes, from public addresses and what is configured alone. */
  url?: string | null | undefined;
};

/** Where a document’s version stands. */
export type DocumentState =
  /** It could not be read; `error` says why. Searches go on finding the version before, if any. */
  | 'FAILED'
  /** It waits to be read, or is being read; until it is ready, searches find the version before, if any. */
  | 'QUEUED'
  /** Searches find it, until a later version is ready. */
  | 'READY';

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

/** Tasks that wait for each other. */
export type EnqueueTaskGraphInput = {
  /** 1 to 10,000 tasks in any order, with at most 40,000 entries in `after` and inputs of at most 8,388,608 bytes of JSON together. */
  tasks: Array<GraphTaskInput>;
};

/** A piece of work. What is unset is as its type’s defaults say. */
export type EnqueueTaskInput = {
  /** Failures that it may have before it has failed for good; 1 to 100. */
  attemptLimit?: number | null | undefined;
  /** How long it waits before it is tried again. */
  backoff?: TaskBackoffInput | null | undefined;
  /** What bounds it together with others of the same key. */
  concurrency?: TaskConcurrencyInput | null | undefined;
  /** How it is kept from being done more than once. */
  dedupe?: TaskDedupeInput | null | undefined;
  /** Not before so many milliseconds from now; 0 to ten years. Not together with `runAt`. */
  delayMs?: number | null | undefined;
  /** Given up at this time if it still waits; never when unset. In the future, and after the time at which it is to run. */
  expiresAt?: string | null | undefined;
  /** What the work is about; it must fit the type’s `inputSchema`. */
  input: unknown;
  /** 0 to 9, 9 first, 5 when unset; 5 and above count as interactive. */
  priority?: number | null | undefined;
  /** Name of a queue; its type’s queue when unset. */
  queue?: string | null | undefined;
  /** Not before this time, at most ten years from now; as soon as it can be when unset or past. */
  runAt?: string | null | undefined;
  /** The longest that one attempt may take, milliseconds: the work is told to stop then, and the attempt has failed. 1 to 604,800,000. */
  timeoutMs?: number | null | undefined;
  /** Name of a type; see `taskTypes`. */
  type: string;
  /** An http or https address that is told of its end by a POST, signed as Standard Webhooks says, at least once; at most 2,048 characters. */
  webhookUrl?: string | null | undefined;
};

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
  /** A document cannot be read; the message and `document` in the details say why. */
  | 'DOCUMENT_UNREADABLE'
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
  /** A task that this one waits for did not succeed. */
  | 'PARENT_FAILED'
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
  /** An address on the web gave an answer that the work cannot use. */
  | 'UNEXPECTED_RESPONSE'
  /** The content type of the request is not supported. */
  | 'UNSUPPORTED_MEDIA_TYPE'
  /** Workers ended again and again while they had the task; it is not given to another. */
  | 'WORKER_LOST';

/** What to ask, what would be right, and how to search. */
export type EvaluateRetrievalInput = {
  /** Has each question answered too, and checks the answers. They are yours, as if you had started them. */
  answers?: AnswerEvaluationInput | null | undefined;
  /** An evaluation that has ended, to compare with: `delta` says what became better or worse. */
  compareTo?: string | null | undefined;
  /** How many of the first documents are looked at: 1 to 10 depths of 1 to 100, at most `search.candidates`. */
  depths?: Array<number>;
  /** What is relevant for them. */
  judgements: JudgementsInput;
  /** What to call it; at most 256 characters. */
  name?: string | null | undefined;
  /** The questions. */
  queries: EvaluationQueriesInput;
  /** The lowest grade that counts as relevant for all metrics but nDCG, which counts every grade; 1 to 1000. */
  relevantFrom?: number;
  /** How each question is searched. A document has the place of its best chunk. */
  search: SearchSettingsInput;
};

/** 1 to 10000 questions, in exactly one of these ways. Those without a judgement are not asked. */
export type EvaluationQueriesInput =
  {   /** The questions. */
  list: Array<EvaluationQueryInput>; text?: never; upload?: never; }
  |  { list?: never;   /** The questions as a text: JSONL with `_id` (or `id`) and `text` as BEIR has it, TREC topics of which the titles are asked, or lines of an id, a tab and the question. */
  text: string; upload?: never; }
  |  { list?: never; text?: never;   /** A complete upload of such a text, of at most 64 MiB; see `createUpload`. */
  upload: string; };

/** A question. */
export type EvaluationQueryInput = {
  /** What judgements call it; 1 to 512 characters. */
  id: string;
  /** What is asked; 1 to 8192 characters. */
  text: string;
};

/** Why the work failed. */
export type FailTaskInput = {
  /** Why. */
  error: TaskErrorInput;
  /** Id of the task. */
  id: string;
  /** The claim’s `token`. */
  token: string;
};

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

/** How the lists of a hybrid search are joined. */
export type FusionInput = {
  /** By scores or by ranks. */
  method?: FusionMethod;
  /** Of RRF: the larger, the less the first ranks stand out; 0 to 10,000. */
  rankConstant?: number;
  /** Weight of the list by text; 0 to 1. */
  textWeight?: number;
  /** Weight of the list by vector; 0 to 1. */
  vectorWeight?: number;
};

/** How the lists of a hybrid search are joined. */
export type FusionMethod =
  /** Reciprocal rank fusion: the sum of weight / (rankConstant + rank). */
  | 'RRF'
  /** The sum of the weighted scores of both kinds, each as a part of the highest of its list. A chunk that a list has no room for counts there with the lowest score of it. */
  | 'WEIGHTED';

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

/** A task of a graph. Where its input has an object `{ "$output": { "of": "name", "pointer": "/a/0" } }`, that is replaced by a part of the output of a task named in `after`, found by a JSON pointer (RFC 6901; "" is all of it), once the task becomes ready. Such an input, of at most 65,536 bytes, is checked by its type’s schema then. */
export type GraphTaskInput = {
  /** Tasks of the graph that must have ended before it begins, each once; none when unset. */
  after?: Array<TaskDependencyInput> | null | undefined;
  /** Failures that it may have before it has failed for good; 1 to 100. */
  attemptLimit?: number | null | undefined;
  /** How long it waits before it is tried again. */
  backoff?: TaskBackoffInput | null | undefined;
  /** What bounds it together with others of the same key. */
  concurrency?: TaskConcurrencyInput | null | undefined;
  /** Not before so many milliseconds from now; 0 to ten years. Not together with `runAt`. */
  delayMs?: number | null | undefined;
  /** Given up at this time if it still waits; never when unset. In the future, and after the time at which it is to run. */
  expiresAt?: string | null | undefined;
  /** What the work is about; it must fit the type’s `inputSchema`. */
  input: unknown;
  /** Unique in the graph; 1 to 64 characters. */
  name: string;
  /** 0 to 9, 9 first, 5 when unset; 5 and above count as interactive. */
  priority?: number | null | undefined;
  /** Name of a queue; its type’s queue when unset. */
  queue?: string | null | undefined;
  /** Not before this time, at most ten years from now; as soon as it can be when unset or past. */
  runAt?: string | null | undefined;
  /** The longest that one attempt may take, milliseconds: the work is told to stop then, and the attempt has failed. 1 to 604,800,000. */
  timeoutMs?: number | null | undefined;
  /** Name of a type; see `taskTypes`. */
  type: string;
  /** An http or https address that is told of its end by a POST, signed as Standard Webhooks says, at least once; at most 2,048 characters. */
  webhookUrl?: string | null | undefined;
};

/** Claims to extend. */
export type HeartbeatTaskInput = {
  /** At most 1,000. */
  claims: Array<TaskClaimInput>;
  /** How long the tasks are the worker’s without a heartbeat, milliseconds; 1,000 to 3,600,000. From now on. */
  leaseMs?: number;
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

/** A generation of a knowledge base. */
export type IndexGenerationInput = {
  /** Name of a knowledge base. */
  knowledgeBase: string;
  /** The generation’s number. */
  number: number;
};

/** Where a generation of a knowledge base stands. */
export type IndexGenerationState =
  /** Searches read it. */
  | 'ACTIVE'
  /** Its task brings it the documents. */
  | 'BUILDING'
  /** Its building was cancelled. */
  | 'CANCELLED'
  /** Its building ended with an error; `error` says why. */
  | 'FAILED'
  /** It has every document, and can be activated. */
  | 'READY';

/** Where the latest version of a document stands on its way in. */
export type IngestionPhase =
  /** Its text is being cut into chunks. */
  | 'CHUNKING'
  /** Vectors of its chunks are being made; `done` of `total` have theirs. */
  | 'EMBEDDING'
  /** It could not be taken in; `error` says why. */
  | 'FAILED'
  /** Its content is being got. */
  | 'FETCHING'
  /** It is being stored, and entered into the indexes. */
  | 'INDEXING'
  /** Its text is being read out of its content. */
  | 'PARSING'
  /** Searches find it. */
  | 'READY'
  /** Its task has not come to it yet. */
  | 'WAITING';

/** How relevant a document is for a question. */
export type JudgementInput = {
  /** Key of a document, or its id. */
  document: string;
  /** −1000 to 1000: the higher, the more relevant; 0 and below is not relevant. */
  grade: number;
  /** Id of one of the questions. */
  query: string;
};

/** At most 1000000 judgements, in exactly one of these ways. A document without one is not relevant. */
export type JudgementsInput =
  {   /** The judgements. */
  list: Array<JudgementInput>; text?: never; upload?: never; }
  |  { list?: never;   /** The judgements as a text: TREC qrels (question, iteration, document, grade), or lines of question, document and grade with tabs between as BEIR has them, with or without a header. */
  text: string; upload?: never; }
  |  { list?: never; text?: never;   /** A complete upload of such a text, of at most 64 MiB; see `createUpload`. */
  upload: string; };

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

/** Conditions on one metadata field; all that are given hold. Without a value, every comparison is false. */
export type MetadataConditionInput = {
  /** A text that the list has. Of lists alone. */
  contains?: unknown;
  /** Equal to this value of the field’s kind. Not of lists. */
  eq?: unknown;
  /** Greater than this value of the field’s kind: a text, number or date. */
  gt?: unknown;
  /** At least this value of the field’s kind: a text, number or date. */
  gte?: unknown;
  /** One of these values of the field’s kind. Not of lists. */
  in?: Array<unknown> | null | undefined;
  /** Whether there is no value. */
  isMissing?: boolean | null | undefined;
  /** Less than this value of the field’s kind: a text, number or date. */
  lt?: unknown;
  /** At most this value of the field’s kind: a text, number or date. */
  lte?: unknown;
  /** Name of a field that every searched knowledge base declares. */
  name: string;
  /** Other than this value of the field’s kind, or without one. Not of lists. */
  ne?: unknown;
};

/** A field that documents may have, and searches filter by. */
export type MetadataFieldInput = {
  /** What it holds. */
  kind: MetadataKind;
  /** A letter, then letters, digits and underscores; at most 64 characters. */
  name: string;
};

/** What chunks have to fulfil before they are ranked: exactly one of these. At most 16 deep, 256 parts. */
export type MetadataFilterInput =
  {   /** All of them hold. */
  and: Array<MetadataFilterInput>; field?: never; not?: never; or?: never; }
  |  { and?: never;   /** A condition on a field. */
  field: MetadataConditionInput; not?: never; or?: never; }
  |  { and?: never; field?: never;   /** It does not hold. */
  not: MetadataFilterInput; or?: never; }
  |  { and?: never; field?: never; not?: never;   /** One of them holds, or several. */
  or: Array<MetadataFilterInput>; };

/** What a metadata field holds. */
export type MetadataKind =
  /** True or false. */
  | 'BOOLEAN'
  /** A date or time as ISO 8601 writes it, e.g. "2026-03-31" or "2026-03-31T12:00:00Z". */
  | 'DATE'
  /** A list of at most 256 texts. */
  | 'LIST'
  /** A number. */
  | 'NUMBER'
  /** A text of at most 4,096 characters; compared by its UTF-8 bytes. */
  | 'TEXT';

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

/** What a due time of a schedule does while the task of the run before has not ended. */
export type OverlapPolicy =
  /** The one before is cancelled, and the new task begins when it has ended: at once, or when its worker has stopped, five seconds later at the latest. */
  | 'CANCEL_PREVIOUS'
  /** The new task waits while the one before runs. While that waits for its next attempt, the new one may run. */
  | 'QUEUE'
  /** There is no task for this due time; it is counted as skipped. */
  | 'SKIP';

/** What becomes of a task when one that it waits for ends otherwise than SUCCEEDED. */
export type ParentFailurePolicy =
  /** It runs once the others have ended; what its input takes of the other’s output is null. */
  | 'CONTINUE'
  /** It fails, with PARENT_FAILED. */
  | 'FAIL'
  /** It is cancelled; its `stateReason` says that it was skipped. */
  | 'SKIP';

/** What to pause. */
export type PauseScheduleInput = {
  /** Name of a schedule. */
  name: string;
};

/** Which queue to pause. */
export type PauseTaskQueueInput = {
  /** Name of the queue. */
  name: string;
};

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

/** A document to be cut, and how. */
export type PreviewChunksInput = {
  /** How it is cut; what is unset is as the knowledge base says. */
  chunking?: ChunkingInput | null | undefined;
  /** The document. */
  document: DocumentInput;
  /** Name of a knowledge base, whose model counts tokens. */
  knowledgeBase: string;
};

/** How a question is changed for the search, so that it is understood without the conversation. */
export type QuestionRewriting =
  /** The question before is put in front of it. */
  | 'CONTEXT'
  /** The chat model writes it anew, from the last three turns. */
  | 'MODEL'
  /** It is taken as it is. */
  | 'NONE';

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

/** How all documents are to be cut and embedded. */
export type ReindexKnowledgeBaseInput = {
  /** Whether searches read it as soon as it is ready; otherwise it waits for `activateGeneration`. */
  activate?: boolean;
  /** How documents become chunks; what is unset is as in the active generation. */
  chunking?: ChunkingInput | null | undefined;
  /** The model that makes the vectors: "name", "name:version" or "name@alias"; that of the active generation when unset. */
  embeddingModel?: string | null | undefined;
  /** Name of a knowledge base. */
  knowledgeBase: string;
};

/** A claim to give back. */
export type ReleaseTaskInput = {
  /** Id of the task. */
  id: string;
  /** The claim’s `token`. */
  token: string;
};

/** What the work tells of itself. */
export type ReportTaskProgressInput = {
  /** Id of the task. */
  id: string;
  /** Lines for the attempt’s log; at most 1,000, of which at most 2,000 characters each are kept. */
  log?: Array<string>;
  /** How far it is; left out when there is no news. */
  progress?: TaskProgressInput | null | undefined;
  /** The claim’s `token`. */
  token: string;
};

/** Which dead letters to do again; all conditions that are given must hold. */
export type RequeueDeadLettersInput = {
  /** How many at most, the oldest first; 1 to 1,000. */
  first?: number;
  /** Of these ids, at most 1,000; others are passed over. */
  ids?: Array<string> | null | undefined;
  /** Of this queue. */
  queue?: string | null | undefined;
  /** Of this type. */
  type?: string | null | undefined;
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

/** A model that reads the best candidates together with the question and orders them anew. */
export type RerankStageInput = {
  /** How many candidates it orders; the others are no hits. `first` to 200. */
  candidates?: number;
  /** A model for RERANK: "name", "name:version" or "name@alias". */
  model: string;
};

/** From where a graph is done again. */
export type RerunTaskGraphInput = {
  /** Id of an ended task of a graph. */
  id: string;
  /** Another input of the task, which may take outputs of the tasks that it waits for; the one that was asked for when unset or null. */
  input?: unknown;
};

/** Which task runs at another time. */
export type RescheduleTaskInput = {
  /** Id of a task that waits. */
  id: string;
  /** Not before this time, at most ten years from now; as soon as it can be when unset or null. */
  runAt?: string | null | undefined;
};

/** What to resume. */
export type ResumeScheduleInput = {
  /** Name of a schedule. */
  name: string;
};

/** Which queue goes on. */
export type ResumeTaskQueueInput = {
  /** Name of the queue. */
  name: string;
};

/** What is measured; `RetrievalMetrics` says how. */
export type RetrievalMetric =
  /** Average precision; its mean is MAP. */
  | 'AVERAGE_PRECISION'
  /** Normalised discounted cumulative gain. */
  | 'NDCG'
  /** Precision. */
  | 'PRECISION'
  /** Recall. */
  | 'RECALL'
  /** Reciprocal rank; its mean is MRR. */
  | 'RECIPROCAL_RANK';

/** Which documents to try again. */
export type RetryDocumentsInput = {
  /** Ids of documents that failed, 1 to 1000; the first 1000 that failed when unset. */
  ids?: Array<string> | null | undefined;
  /** Name of a knowledge base. */
  knowledgeBase: string;
};

/** What to do again. */
export type RetryTaskInput = {
  /** Id of an ended task. */
  id: string;
  /** Another input; the one that it had when unset or null. */
  input?: unknown;
};

/** What a caller may do. */
export type Role =
  /** Manages models and the server, and uses them. */
  | 'ADMIN'
  /** Uses models. */
  | 'MEMBER';

/** What to run. */
export type RunScheduleNowInput = {
  /** Name of a schedule. */
  name: string;
};

/** What a runner process is doing. */
export type RunnerState =
  /** It takes work. */
  | 'READY'
  /** It takes work while another process, with other settings, starts to take its place. */
  | 'REPLACING';

/** What to find, and how. */
export type SearchInput = {
  /** Name of a snapshot that each of the knowledge bases has: what was found then is found, with the same scores, except in documents that were deleted since. Who may see a document is asked of then and of now. */
  asOf?: string | null | undefined;
  /** Chunks that each way of searching gives before they are joined; `first` to 1000. */
  candidates?: number;
  /** How much a hit loses by being like one before it, 0 to 1 (maximal marginal relevance with lambda = 1 − diversity); it does not count when unset. */
  diversity?: number | null | undefined;
  /** What chunks have to fulfil before they are ranked. */
  filter?: MetadataFilterInput | null | undefined;
  /** How many hits; 1 to 100. */
  first?: number;
  /** How the lists of a hybrid search are joined. */
  fusion?: FusionInput | null | undefined;
  /** Names of 1 to 16 knowledge bases; unless they are searched by TEXT, of the same embedding model. */
  knowledgeBases: Array<string>;
  /** Hits have at least this `scores.fused`, which is the cosine by VECTOR, BM25 by TEXT. */
  minScore?: number | null | undefined;
  /** How chunks are found. */
  mode?: SearchMode;
  /** Chunks before and after each hit that come along; 0 to 10. */
  neighbours?: number;
  /** Whether a document has its best chunk alone among the hits. */
  onePerDocument?: boolean;
  /** What is looked for, in words; 1 to 8192 characters. */
  query: string;
  /** Lets a model order the best candidates anew. */
  rerank?: RerankStageInput | null | undefined;
};

/** How chunks are found. */
export type SearchMode =
  /** By vectors and by words; the two lists are joined. */
  | 'HYBRID'
  /** By BM25 over stemmed words: what says the same. */
  | 'TEXT'
  /** By the cosine of the query’s vector and the chunk’s: what means the same. */
  | 'VECTOR';

/** Where and how to search. */
export type SearchSettingsInput = {
  /** Name of a snapshot that each of the knowledge bases has: what was found then is found, with the same scores, except in documents that were deleted since. Who may see a document is asked of then and of now. */
  asOf?: string | null | undefined;
  /** Chunks that each way of searching gives before they are joined; `first` to 1000. */
  candidates?: number;
  /** How much a hit loses by being like one before it, 0 to 1 (maximal marginal relevance with lambda = 1 − diversity); it does not count when unset. */
  diversity?: number | null | undefined;
  /** What chunks have to fulfil before they are ranked. */
  filter?: MetadataFilterInput | null | undefined;
  /** How the lists of a hybrid search are joined. */
  fusion?: FusionInput | null | undefined;
  /** Names of 1 to 16 knowledge bases; unless they are searched by TEXT, of the same embedding model. */
  knowledgeBases: Array<string>;
  /** Hits have at least this `scores.fused`, which is the cosine by VECTOR, BM25 by TEXT. */
  minScore?: number | null | undefined;
  /** How chunks are found. */
  mode?: SearchMode;
  /** Lets a model order the best candidates anew. */
  rerank?: RerankStageInput | null | undefined;
};

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

/** Which task goes sooner or later. */
export type SetTaskPriorityInput = {
  /** Id of a task that waits. */
  id: string;
  /** 0 to 9, 9 first. */
  priority: number;
};

/** Why there is no task for a due time of a schedule. */
export type SkipReason =
  /** No server ran, and the catch-up policy or its window left it out. Of one downtime 1,000 are counted. */
  | 'MISSED'
  /** The task of the run before had not ended. */
  | 'OVERLAP'
  /** The task was not accepted, as when its queue was full; `lastMessage` says why. */
  | 'REFUSED';

/** A snapshot of a knowledge base. */
export type SnapshotInput = {
  /** Name of a knowledge base. */
  knowledgeBase: string;
  /** Name of the snapshot, unique within the knowledge base: 1 to 128 letters, digits, ".", "_" and "-"; it begins with a letter or digit. */
  name: string;
};

/** Which snapshots of a knowledge base stay. */
export type SnapshotRetentionInput = {
  /** How many, the latest: 1 to 100. With the next one that is made, those beyond it go. */
  keep?: number;
  /** Days after which they go, at least 1; no bound when unset. */
  maxAgeDays?: number | null | undefined;
};

/** A question to knowledge bases, and how it is answered. */
export type StartAnswerInput = {
  /** Of GENERATIVE: how the model writes. `maxTokens` is the room that is kept for the answer; `n` is 1. */
  generation?: GenerationInput | null | undefined;
  /** Names of 1 to 16 knowledge bases, as `search` takes them. */
  knowledgeBases: Array<string>;
  /** Of EXTRACTIVE: the most sentences that are quoted; 1 to 20. */
  maxSentences?: number;
  /** What a sentence of the documents needs to count as relevant: 0.65 of its cosine with the question and 0.35 of the question’s words in it, the rarer the heavier. When none has it, the answer is that it is not in these documents. 0 to 1. */
  minRelevance?: number;
  /** How it is answered. */
  mode?: AnswerMode;
  /** Of GENERATIVE, and of rewriting by MODEL: The model: "name" (its alias `latest`), "name:version" or "name@alias". */
  model?: string | null | undefined;
  /** The ended answer that this question follows: its conversation comes before `turns`. */
  previousAnswer?: string | null | undefined;
  /** What is asked; 1 to 8192 characters. */
  question: string;
  /** Whether sentences without support are withheld. */
  requireCitations?: boolean;
  /** What is searched for in the place of the question, where there is a conversation. */
  rewriting?: QuestionRewriting;
  /** How passages are found. */
  search?: AnswerSearchInput | null | undefined;
  /** What a sentence of the answer and a passage need to have in common for support; 0 to 1. */
  supportThreshold?: number;
  /** Earlier turns of the conversation, the oldest first; at most 16. */
  turns?: Array<AnswerTurnInput>;
};

/** Why a stream ended. A server that stops sends no end: subscribe again with the last cursor. */
export type StreamEndReason =
  /** A client cancelled it. */
  | 'CANCELLED'
  /** It failed; the object says why. */
  | 'FAILED'
  /** The object came to its regular end. */
  | 'FINISHED';

/** Why the passage that is closest to a sentence does not support it. */
export type SupportProblem =
  /** A name of the sentence is not in the passage. */
  | 'NAME_DIFFERS'
  /** One of the two denies what the other says. */
  | 'NEGATED'
  /** A number of the sentence, with its unit, is not in the passage. */
  | 'NUMBER_DIFFERS'
  /** Words and meanings have less in common than `supportThreshold` asks. */
  | 'TOO_LITTLE_IN_COMMON';

/** How long a task waits before it is tried again: `initialMs` × `factor` ^ (failures − 1), at most `maxMs`. What is unset is as the type’s defaults say. */
export type TaskBackoffInput = {
  /** By how much each wait is longer than the one before; 1 to 10. */
  factor?: number | null | undefined;
  /** The wait after the first failure, milliseconds; 0 to 604,800,000. */
  initialMs?: number | null | undefined;
  /** The part of a wait that is left to chance, so that not all come at once; 0 to 1. */
  jitter?: number | null | undefined;
  /** The longest wait, milliseconds; 0 to 604,800,000. */
  maxMs?: number | null | undefined;
};

/** A claim. */
export type TaskClaimInput = {
  /** Id of the task. */
  id: string;
  /** The claim’s `token`. */
  token: string;
};

/** How many of the tenant’s tasks with one key run at once and begin in a time, whatever their queues. Where tasks of one key say different bounds, those of the latest hold. */
export type TaskConcurrencyInput = {
  /** Name that the tasks share; 1 to 256 characters. */
  key: string;
  /** The most that run at once; 1 to 10,000. */
  limit?: number;
  /** How many begin in a time; unset is no bound. */
  rate?: TaskRateInput | null | undefined;
};

/** How a task that is asked for more than once is done once. */
export type TaskDedupeInput = {
  /** Name of the work among the tenant’s tasks of its type; 1 to 256 characters. */
  key: string;
  /** Which of them is done. */
  mode: TaskDedupeMode;
};

/** What becomes of a task that is asked for while another of the same type has its key. */
export type TaskDedupeMode =
  /** As long as the first has not ended, it is given in the place of a new one. */
  | 'KEEP_FIRST'
  /** As long as nobody works on the first, it gets the input, priority, times and attempts that are asked for, and no new one is made. */
  | 'REPLACE_WAITING';

/** A task that another waits for. */
export type TaskDependencyInput = {
  /** Its `name` in the graph. */
  name: string;
  /** What becomes of the task that waits when this one ends otherwise than SUCCEEDED. */
  onFailure?: ParentFailurePolicy;
};

/** Why an attempt failed. */
export type TaskErrorInput = {
  /** What kind of error it is; `DEADLINE_EXCEEDED` after the attempt’s `timeoutMs` ends it as TIMED_OUT. */
  code?: ErrorCode;
  /** What went wrong, for people; at most 2,000 characters are kept. */
  message: string;
  /** Not before so many milliseconds have passed; 0 to 604,800,000. */
  retryAfterMs?: number | null | undefined;
  /** Whether it is worth trying again; when unset, as errors with this code are (`ErrorCode`), and INTERNAL is too. */
  retryable?: boolean | null | undefined;
};

/** Which tasks; all conditions that are given must hold. */
export type TaskFilterInput = {
  /** With this `concurrency.key`. */
  concurrencyKey?: string | null | undefined;
  /** Accepted after this time. */
  createdAfter?: string | null | undefined;
  /** Accepted before this time; after `createdAfter`. */
  createdBefore?: string | null | undefined;
  /** Ended after this time. */
  endedAfter?: string | null | undefined;
  /** Ended before this time; after `endedAfter`. */
  endedBefore?: string | null | undefined;
  /** With this text in the code or message of their error (in the first 500 characters), whatever the case; 3 to 200 characters. */
  errorContains?: string | null | undefined;
  /** Of the graph with this id. */
  graphId?: string | null | undefined;
  /** Whether they are dead letters. */
  isDeadLetter?: boolean | null | undefined;
  /** In the queue with this name. */
  queue?: string | null | undefined;
  /** With a `runAt` after this time. */
  runAfter?: string | null | undefined;
  /** With a `runAt` before this time; after `runAfter`. */
  runBefore?: string | null | undefined;
  /** Made by the schedule with this id, which may be gone. */
  scheduleId?: string | null | undefined;
  /** In one of these states. */
  state?: Array<TaskState> | null | undefined;
  /** Of the type with this name. */
  type?: string | null | undefined;
};

/** Order of a list of tasks. */
export type TaskOrder =
  /** The oldest first. */
  | 'CREATED_AT_ASC'
  /** The newest first. */
  | 'CREATED_AT_DESC'
  /** Those that have ended alone, the one first that ended first. */
  | 'ENDED_AT_ASC'
  /** Those that have ended alone, the last one first. */
  | 'ENDED_AT_DESC'
  /** Those with a `runAt` alone, the earliest first. */
  | 'RUN_AT_ASC'
  /** Those with a `runAt` alone, the latest first. */
  | 'RUN_AT_DESC';

/** How far the work is. */
export type TaskProgressInput = {
  /** How much is done, in a unit of the type’s own; 0 or more. It does not go back. */
  done: number;
  /** What is being done, for people; at most 500 characters are kept. */
  message?: string | null | undefined;
  /** How much there is to do; 0 or more, left out when it is not known. */
  total?: number | null | undefined;
};

/** How many tasks of a key begin in a time. */
export type TaskRateInput = {
  /** At most so many; 1 to 10,000. */
  count: number;
  /** In any time as long as this, whole milliseconds; 1 to 604,800,000. */
  perMs: number;
};

/** Where a task stands. */
export type TaskState =
  /** Waits for tasks that must end before it. */
  | 'BLOCKED'
  /** Ended because a client cancelled it, a task before it in its graph did not succeed (SKIP), or the next run of its schedule took its place. */
  | 'CANCELLED'
  /** It is cancelled; its worker is told to stop, and has a few seconds for it. */
  | 'CANCELLING'
  /** Ended because it still waited at `expiresAt`. */
  | 'EXPIRED'
  /** Ended without success; `error` says why. */
  | 'FAILED'
  /** May run; waits for its turn in the queue. */
  | 'QUEUED'
  /** Its last attempt failed; it is tried again at `runAt`. */
  | 'RETRYING'
  /** A worker has it. */
  | 'RUNNING'
  /** Accepted and on disk; waits for its time, `runAt`. */
  | 'SCHEDULED'
  /** Done; `output` has what it gave. */
  | 'SUCCEEDED'
  /** Ended because its last attempt took longer than `timeoutMs`. */
  | 'TIMED_OUT';

/** The task that a schedule makes. What is unset is as its type’s defaults say when it is made. */
export type TaskTemplateInput = {
  /** Failures that it may have before it has failed for good; 1 to 100. */
  attemptLimit?: number | null | undefined;
  /** How long it waits before it is tried again. */
  backoff?: TaskBackoffInput | null | undefined;
  /** What bounds it together with others of the same key; with the overlap policy SKIP alone. */
  concurrency?: TaskConcurrencyInput | null | undefined;
  /** Given up if it still waits so long after its time, milliseconds; never when unset. 1 to 604,800,000. */
  expiresAfterMs?: number | null | undefined;
  /** What the work is about; it must fit the type’s `inputSchema`. */
  input: unknown;
  /** 0 to 9, 9 first, 5 when unset. */
  priority?: number | null | undefined;
  /** Name of a queue; its type’s queue when unset. */
  queue?: string | null | undefined;
  /** The longest that one attempt may take, milliseconds; 1 to 604,800,000. */
  timeoutMs?: number | null | undefined;
  /** Name of a type; see `taskTypes`. */
  type: string;
};

/** A tenant’s share of a queue. */
export type TenantWeightInput = {
  /** The tenant; 1 to 256 characters. */
  tenantId: string;
  /** One with 2 gets twice as many turns as one with 1, which those have that are not named; 0.001 to 1,000. */
  weight: number;
};

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

/** The language whose words are stemmed and whose stop words are left out in searches by text. */
export type TextLanguage =
  /** Arabic. */
  | 'ARABIC'
  /** Armenian. */
  | 'ARMENIAN'
  /** Bulgarian. */
  | 'BULGARIAN'
  /** Danish. */
  | 'DANISH'
  /** Dutch. */
  | 'DUTCH'
  /** English. */
  | 'ENGLISH'
  /** Finnish. */
  | 'FINNISH'
  /** French. */
  | 'FRENCH'
  /** German. */
  | 'GERMAN'
  /** Greek. */
  | 'GREEK'
  /** Hungarian. */
  | 'HUNGARIAN'
  /** Indonesian. */
  | 'INDONESIAN'
  /** Irish. */
  | 'IRISH'
  /** Italian. */
  | 'ITALIAN'
  /** Several languages, or one that is not listed: words are taken as they are. */
  | 'MIXED'
  /** Norwegian. */
  | 'NORWEGIAN'
  /** Portuguese. */
  | 'PORTUGUESE'
  /** Romanian. */
  | 'ROMANIAN'
  /** Russian. */
  | 'RUSSIAN'
  /** Serbian. */
  | 'SERBIAN'
  /** Spanish. */
  | 'SPANISH'
  /** Swedish. */
  | 'SWEDISH'
  /** Tamil. */
  | 'TAMIL'
  /** Turkish. */
  | 'TURKISH'
  /** Ukrainian. */
  | 'UKRAINIAN';

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

/** What to change of a document; what is unset stays as it is. */
export type UpdateDocumentInput = {
  /** Who may see it; null is everybody of the tenant. It holds from the answer on. */
  access?: DocumentAccessInput | null | undefined;
  /** How it is cut, where that is not as the knowledge base’s documents are; what is unset of it is as theirs. Null is as theirs. As before when unset. */
  chunking?: ChunkingInput | null | undefined;
  /** Id of a document. */
  id: string;
  /** What the new content is, e.g. `text/markdown`. */
  mediaType?: string | null | undefined;
  /** All its values of metadata fields, by their names; null is none. */
  metadata?: unknown;
  /** Where it comes from. At most 2,048 characters. */
  source?: string | null | undefined;
  /** Its new content; one of this, `url` and `upload`, or none: then the content stays. */
  text?: string | null | undefined;
  /** As it is to be called. At most 2,048 characters. */
  title?: string | null | undefined;
  /** A complete upload that has its new content. */
  upload?: string | null | undefined;
  /** Where its new content is on the web. */
  url?: string | null | undefined;
};

/** What to change of a knowledge base; what is unset stays. */
export type UpdateKnowledgeBaseInput = {
  /** Further fields; at most 64 with those that there are. Documents that are there have no value in them. */
  addMetadataFields?: Array<MetadataFieldInput>;
  /** What it is for; null takes it away. At most 4,096 characters. */
  description?: string | null | undefined;
  /** Name of a knowledge base. */
  name: string;
  /** The name that it gets; as in `CreateKnowledgeBaseInput`. */
  newName?: string | null | undefined;
  /** Which snapshots stay. */
  snapshotRetention?: SnapshotRetentionInput | null | undefined;
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

/** Which queue, and what to change of it; what is unset stays. */
export type UpdateTaskQueueInput = {
  /** The most tasks of it that run at once, over all workers; 1 to 100,000, null is no bound. */
  concurrency?: number | null | undefined;
  /** The most tasks that wait in it, for whatever; 1 to 100,000,000. `GRAPHLOOM_TASK_QUEUE_LENGTH` for a new one. */
  maxLength?: number | null | undefined;
  /** Name of the queue, which is made where there is none: a small letter, then at most 62 small letters, digits, ".", "-" and "_". */
  name: string;
  /** Shares of tenants, in the place of those that it has; the last one for a tenant holds. */
  weights?: Array<TenantWeightInput> | null | undefined;
};

/** How far an upload is. */
export type UploadState =
  /** All bytes are on disk; its address takes no more. */
  | 'COMPLETE'
  /** Bytes are missing; its address takes them. */
  | 'OPEN';

/** A schedule, whole: what is unset is at its default, and not as it was. */
export type UpsertScheduleInput = {
  /** What becomes of due times that were missed. */
  catchUp?: CatchUpPolicy;
  /** Missed due times that are older than this are left out, milliseconds; 0 to 2,592,000,000 (30 days), a day when unset. */
  catchUpWindowMs?: number;
  /**
   * Five fields: minute (0–59), hour (0–23), day of month (1–31), month (1–12 or JAN–DEC), day of week (0–7 or SUN–SAT, 0 and 7 are Sunday); or six, with seconds (0–59) before them. A field is `*`, or a list of values, ranges `a-b` and steps `*\/n` or `a-b/n`; `L`, `W` and `#` mean the last day, the nearest weekday and the nth weekday of a month. Where day of month and day of week are both given, one of them is enough. At most 256 characters.
   *
   * When the clock changes: an expression without `*`, `?` and `/` in its seconds, minutes and hours names times of day; one that the clock skips is due once, at the moment after the skipped time, and one that it passes twice is due the first time alone. Any other is a rhythm: it is due whenever the clock shows a time that fits, so not in a skipped hour, and in both of a doubled one.
   */
  cron: string;
  /** Tasks are made up to so much later than they are due, so that not all come at once, milliseconds; 0 to 3,600,000. How much later follows from the schedule and the due time alone. */
  jitterMs?: number;
  /** Its name, unique within the tenant: 1 to 128 letters, digits, ".", "_" and "-"; it begins with a letter or digit. */
  name: string;
  /** What it does while the run before has not ended. */
  overlap?: OverlapPolicy;
  /** Whether it makes no tasks; when unset it stays as it is, and a new one is not paused. */
  paused?: boolean | null | undefined;
  /** The task that it makes. */
  task: TaskTemplateInput;
  /** The time zone of the cron expression, by its name in the IANA database, e.g. `Europe/Berlin`. */
  timezone?: string;
};

/** Who claims. */
export type WorkerInput = {
  /** Machine that it runs on; 1 to 256 characters. */
  host: string;
  /** Unique among the tenant’s workers; 1 to 256 characters. */
  name: string;
  /** Number of its process; 0 or more. */
  pid: number;
};

/** Whether a worker is there. */
export type WorkerState =
  /** It gave a sign of life within its lease, or within 35 seconds where that is shorter. */
  | 'ONLINE'
  /** It gave no sign of life for longer than that; its tasks go to others as soon as their leases pass. */
  | 'SILENT'
  /** It stopped in order. */
  | 'STOPPED';

export type CitationPartsFragment = { number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } };

export type AnswerSentencePartsFragment = { start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean };

export type AnswerPartsFragment = { id: string, state: AnswerState, mode: AnswerMode, question: string, rewrittenQuestion: string | null, text: string, absence: AbsenceRule | null, isWithheld: boolean, grounded: boolean, usedRanks: Array<number>, droppedTurns: number, createdBy: string, createdAt: string, endedAt: string | null, sentences: Array<{ start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean }>, citations: Array<{ number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } }>, error: { code: ErrorCode, message: string, retryable: boolean } | null };

export type AnswerHitsFragment = { hits: Array<{ rank: number, score: number, scores: { vector: number | null, text: number | null, fused: number }, document: { id: string, key: string | null, title: string | null }, chunk: { id: string, text: string, start: number, end: number }, highlights: Array<{ start: number, end: number }> }> };

export type AnswerQueryVariables = Exact<{
  id: string;
}>;


export type AnswerQuery = { answer: { id: string, state: AnswerState, mode: AnswerMode, question: string, rewrittenQuestion: string | null, text: string, absence: AbsenceRule | null, isWithheld: boolean, grounded: boolean, usedRanks: Array<number>, droppedTurns: number, createdBy: string, createdAt: string, endedAt: string | null, knowledgeBases: Array<{ id: string, name: string }>, previousAnswer: { id: string } | null, task: { id: string, state: TaskState } | null, prediction: { id: string, state: PredictionState } | null, timings: { queueMs: number | null, searchMs: number | null, totalMs: number | null }, sentences: Array<{ start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean }>, citations: Array<{ number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } }>, error: { code: ErrorCode, message: string, retryable: boolean } | null, hits: Array<{ rank: number, score: number, scores: { vector: number | null, text: number | null, fused: number }, document: { id: string, key: string | null, title: string | null }, chunk: { id: string, text: string, start: number, end: number }, highlights: Array<{ start: number, end: number }> }> } | null };

export type AnswersQueryVariables = Exact<{
  state?: AnswerState | null | undefined;
  orderBy?: AnswerOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AnswersQuery = { answers: { nodes: Array<{ id: string, state: AnswerState, question: string, text: string, grounded: boolean }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type StartAnswerMutationVariables = Exact<{
  input: StartAnswerInput;
  idempotencyKey?: string | null | undefined;
}>;


export type StartAnswerMutation = { startAnswer:
    | { __typename: 'Answer', id: string, state: AnswerState, mode: AnswerMode, question: string, rewrittenQuestion: string | null, text: string, absence: AbsenceRule | null, isWithheld: boolean, grounded: boolean, usedRanks: Array<number>, droppedTurns: number, createdBy: string, createdAt: string, endedAt: string | null, sentences: Array<{ start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean }>, citations: Array<{ number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } }>, error: { code: ErrorCode, message: string, retryable: boolean } | null }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
   };

export type CancelAnswerMutationVariables = Exact<{
  input: CancelAnswerInput;
}>;


export type CancelAnswerMutation = { cancelAnswer:
    | { __typename: 'Answer', id: string, state: AnswerState, mode: AnswerMode, question: string, rewrittenQuestion: string | null, text: string, absence: AbsenceRule | null, isWithheld: boolean, grounded: boolean, usedRanks: Array<number>, droppedTurns: number, createdBy: string, createdAt: string, endedAt: string | null, sentences: Array<{ start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean }>, citations: Array<{ number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } }>, error: { code: ErrorCode, message: string, retryable: boolean } | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type DeleteAnswerMutationVariables = Exact<{
  input: DeleteAnswerInput;
}>;


export type DeleteAnswerMutation = { deleteAnswer:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'DeletedAnswer', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type AnswerEventsSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type AnswerEventsSubscription = { answerEvents:
    | { __typename: 'AnswerChanged', cursor: string, fromSequence: number, sequence: number, at: string, answer: { id: string, state: AnswerState, absence: AbsenceRule | null, grounded: boolean, endedAt: string | null } }
    | { __typename: 'AnswerCitationAdded', cursor: string, fromSequence: number, sequence: number, at: string, citation: { number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } } | null }
    | { __typename: 'AnswerHitsFound', cursor: string, fromSequence: number, sequence: number, at: string, answer: { id: string, hits: Array<{ rank: number, score: number, scores: { vector: number | null, text: number | null, fused: number }, document: { id: string, key: string | null, title: string | null }, chunk: { id: string, text: string, start: number, end: number }, highlights: Array<{ start: number, end: number }> }> } }
    | { __typename: 'AnswerSentenceChecked', cursor: string, fromSequence: number, sequence: number, at: string, sentence: { start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean } }
    | { __typename: 'AnswerSnapshot', cursor: string, fromSequence: number, sequence: number, at: string, answer: { id: string, state: AnswerState, mode: AnswerMode, question: string, rewrittenQuestion: string | null, text: string, absence: AbsenceRule | null, isWithheld: boolean, grounded: boolean, usedRanks: Array<number>, droppedTurns: number, createdBy: string, createdAt: string, endedAt: string | null, sentences: Array<{ start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean }>, citations: Array<{ number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } }>, error: { code: ErrorCode, message: string, retryable: boolean } | null, hits: Array<{ rank: number, score: number, scores: { vector: number | null, text: number | null, fused: number }, document: { id: string, key: string | null, title: string | null }, chunk: { id: string, text: string, start: number, end: number }, highlights: Array<{ start: number, end: number }> }> } }
    | { __typename: 'AnswerTextDelta', cursor: string, fromSequence: number, sequence: number, at: string, text: string }
    | { __typename: 'StreamEnd', cursor: string, fromSequence: number, sequence: number, at: string, reason: StreamEndReason }
    | { __typename: 'StreamGap', cursor: string, fromSequence: number, sequence: number, at: string, missed: number, firstAvailable: string, snapshot:
        | { id: string, state: AnswerState, mode: AnswerMode, question: string, rewrittenQuestion: string | null, text: string, absence: AbsenceRule | null, isWithheld: boolean, grounded: boolean, usedRanks: Array<number>, droppedTurns: number, createdBy: string, createdAt: string, endedAt: string | null, sentences: Array<{ start: number, end: number, support: number, isSupported: boolean, problem: SupportProblem | null, citations: Array<number>, isWithheld: boolean }>, citations: Array<{ number: number, start: number, end: number, quote: string, answerStart: number, answerEnd: number, support: number, valid: boolean, superseded: boolean, chunk: { id: string, text: string, start: number, end: number } | null, document: { id: string, key: string | null, title: string | null }, documentVersion: { id: string, number: number } }>, error: { code: ErrorCode, message: string, retryable: boolean } | null, hits: Array<{ rank: number, score: number, scores: { vector: number | null, text: number | null, fused: number }, document: { id: string, key: string | null, title: string | null }, chunk: { id: string, text: string, start: number, end: number }, highlights: Array<{ start: number, end: number }> }> }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       }
   };

export type EvaluationPartsFragment = { id: string, tenantId: string, name: string | null, settings: unknown, queryCount: number | null, unjudgedCount: number | null, missingDocumentCount: number | null, createdBy: string, createdAt: string, knowledgeBases: Array<{ id: string, name: string }>, metrics: Array<{ depth: number, ndcg: number, recall: number, precision: number, reciprocalRank: number, averagePrecision: number }> | null, answers: { answeredCount: number, absentCount: number, failedCount: number, groundedShare: number | null, sentenceCount: number, supportedShare: number | null, citationCount: number, validShare: number | null, relevantShare: number | null } | null, comparedTo: { id: string, name: string | null } | null, delta: Array<{ metric: RetrievalMetric, depth: number, difference: number, pairedCount: number, betterCount: number, worseCount: number, pValue: number }> | null, task: { id: string, state: TaskState, progress: { done: number, total: number | null } | null, error: { code: ErrorCode, message: string } | null } | null };

export type RetrievalMetricsPartsFragment = { depth: number, ndcg: number, recall: number, precision: number, reciprocalRank: number, averagePrecision: number };

export type AnswerChecksPartsFragment = { answeredCount: number, absentCount: number, failedCount: number, groundedShare: number | null, sentenceCount: number, supportedShare: number | null, citationCount: number, validShare: number | null, relevantShare: number | null };

export type EvaluationQueryVariables = Exact<{
  id: string;
}>;


export type EvaluationQuery = { evaluation: { id: string, tenantId: string, name: string | null, settings: unknown, queryCount: number | null, unjudgedCount: number | null, missingDocumentCount: number | null, createdBy: string, createdAt: string, knowledgeBases: Array<{ id: string, name: string }>, metrics: Array<{ depth: number, ndcg: number, recall: number, precision: number, reciprocalRank: number, averagePrecision: number }> | null, answers: { answeredCount: number, absentCount: number, failedCount: number, groundedShare: number | null, sentenceCount: number, supportedShare: number | null, citationCount: number, validShare: number | null, relevantShare: number | null } | null, comparedTo: { id: string, name: string | null } | null, delta: Array<{ metric: RetrievalMetric, depth: number, difference: number, pairedCount: number, betterCount: number, worseCount: number, pValue: number }> | null, task: { id: string, state: TaskState, progress: { done: number, total: number | null } | null, error: { code: ErrorCode, message: string } | null } | null } | null };

export type EvaluationsQueryVariables = Exact<{
  knowledgeBase?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type EvaluationsQuery = { evaluations: { nodes: Array<{ id: string, tenantId: string, name: string | null, settings: unknown, queryCount: number | null, unjudgedCount: number | null, missingDocumentCount: number | null, createdBy: string, createdAt: string, knowledgeBases: Array<{ id: string, name: string }>, metrics: Array<{ depth: number, ndcg: number, recall: number, precision: number, reciprocalRank: number, averagePrecision: number }> | null, answers: { answeredCount: number, absentCount: number, failedCount: number, groundedShare: number | null, sentenceCount: number, supportedShare: number | null, citationCount: number, validShare: number | null, relevantShare: number | null } | null, comparedTo: { id: string, name: string | null } | null, delta: Array<{ metric: RetrievalMetric, depth: number, difference: number, pairedCount: number, betterCount: number, worseCount: number, pValue: number }> | null, task: { id: string, state: TaskState, progress: { done: number, total: number | null } | null, error: { code: ErrorCode, message: string } | null } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type EvaluationQueriesQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type EvaluationQueriesQuery = { evaluation: { id: string, perQuery: { nodes: Array<{ queryId: string, text: string, relevantCount: number, run: string, metrics: Array<{ depth: number, ndcg: number, recall: number, precision: number, reciprocalRank: number, averagePrecision: number }>, ranking: Array<{ rank: number, name: string, documentId: string, score: number, grade: number | null }>, answer: { id: string, text: string } | null, answerChecks: { answeredCount: number, absentCount: number, failedCount: number, groundedShare: number | null, sentenceCount: number, supportedShare: number | null, citationCount: number, validShare: number | null, relevantShare: number | null } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type EvaluateRetrievalMutationVariables = Exact<{
  input: EvaluateRetrievalInput;
  idempotencyKey?: string | null | undefined;
}>;


export type EvaluateRetrievalMutation = { evaluateRetrieval:
    | { __typename: 'Evaluation', id: string, tenantId: string, name: string | null, settings: unknown, queryCount: number | null, unjudgedCount: number | null, missingDocumentCount: number | null, createdBy: string, createdAt: string, knowledgeBases: Array<{ id: string, name: string }>, metrics: Array<{ depth: number, ndcg: number, recall: number, precision: number, reciprocalRank: number, averagePrecision: number }> | null, answers: { answeredCount: number, absentCount: number, failedCount: number, groundedShare: number | null, sentenceCount: number, supportedShare: number | null, citationCount: number, validShare: number | null, relevantShare: number | null } | null, comparedTo: { id: string, name: string | null } | null, delta: Array<{ metric: RetrievalMetric, depth: number, difference: number, pairedCount: number, betterCount: number, worseCount: number, pValue: number }> | null, task: { id: string, state: TaskState, progress: { done: number, total: number | null } | null, error: { code: ErrorCode, message: string } | null } | null }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
   };

export type DeleteEvaluationMutationVariables = Exact<{
  input: DeleteEvaluationInput;
}>;


export type DeleteEvaluationMutation = { deleteEvaluation:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'DeletedEvaluation', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type KnowledgeBasePartsFragment = { id: string, tenantId: string, name: string, description: string | null, language: TextLanguage, documentCount: number, chunkCount: number, sizeBytes: number, createdBy: string, createdAt: string, updatedAt: string, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, metadataFields: Array<{ name: string, kind: MetadataKind }>, snapshotRetention: { keep: number, maxAgeDays: number | null } };

export type IndexGenerationPartsFragment = { id: string, number: number, state: IndexGenerationState, documentCount: number, chunkCount: number, createdAt: string, readyAt: string | null, activatedAt: string | null, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, progress: { done: number, total: number, percent: number } | null, approximateSearch: { kind: string, isUsed: boolean, recall: number, sampleSize: number, measuredAt: string, indexedShare: number, width: number } | null, error: { code: ErrorCode, message: string, retryable: boolean } | null, task: { id: string, state: TaskState } | null };

export type DocumentPartsFragment = { id: string, key: string | null, title: string | null, source: string | null, mediaType: string | null, contentSha256: string | null, state: DocumentState, versionNumber: number, latestNumber: number, pages: number | null, chunkCount: number, sizeBytes: number, warnings: Array<string>, metadata: unknown, createdBy: string, createdAt: string, updatedAt: string, error: { code: ErrorCode, message: string, retryable: boolean } | null, access: { users: Array<string>, groups: Array<string> } | null, diff: { unchanged: number, embedded: number, removed: number, tokensSaved: number } | null };

export type DocumentDiffPartsFragment = { unchanged: number, embedded: number, removed: number, tokensSaved: number };

export type ChunkPartsFragment = { id: string, ordinal: number, text: string, start: number, end: number, page: number | null, headings: Array<string>, tokens: number };

export type KnowledgeBaseQueryVariables = Exact<{
  name: string;
}>;


export type KnowledgeBaseQuery = { knowledgeBase: { id: string, tenantId: string, name: string, description: string | null, language: TextLanguage, documentCount: number, chunkCount: number, sizeBytes: number, createdBy: string, createdAt: string, updatedAt: string, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, metadataFields: Array<{ name: string, kind: MetadataKind }>, snapshotRetention: { keep: number, maxAgeDays: number | null } } | null };

export type KnowledgeBaseGenerationsQueryVariables = Exact<{
  name: string;
}>;


export type KnowledgeBaseGenerationsQuery = { knowledgeBase: { id: string, activeGeneration: { number: number }, generations: Array<{ id: string, number: number, state: IndexGenerationState, documentCount: number, chunkCount: number, createdAt: string, readyAt: string | null, activatedAt: string | null, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, progress: { done: number, total: number, percent: number } | null, approximateSearch: { kind: string, isUsed: boolean, recall: number, sampleSize: number, measuredAt: string, indexedShare: number, width: number } | null, error: { code: ErrorCode, message: string, retryable: boolean } | null, task: { id: string, state: TaskState } | null }> } | null };

export type KnowledgeBasesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type KnowledgeBasesQuery = { knowledgeBases: { nodes: Array<{ id: string, name: string, documentCount: number }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type KnowledgeBaseDocumentsQueryVariables = Exact<{
  name: string;
  state?: DocumentState | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type KnowledgeBaseDocumentsQuery = { knowledgeBase: { id: string, documents: { nodes: Array<{ id: string, key: string | null, title: string | null, source: string | null, mediaType: string | null, contentSha256: string | null, state: DocumentState, versionNumber: number, latestNumber: number, pages: number | null, chunkCount: number, sizeBytes: number, warnings: Array<string>, metadata: unknown, createdBy: string, createdAt: string, updatedAt: string, error: { code: ErrorCode, message: string, retryable: boolean } | null, access: { users: Array<string>, groups: Array<string> } | null, diff: { unchanged: number, embedded: number, removed: number, tokensSaved: number } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type DocumentQueryVariables = Exact<{
  id: string;
}>;


export type DocumentQuery = { document: { id: string, key: string | null, title: string | null, source: string | null, mediaType: string | null, contentSha256: string | null, state: DocumentState, versionNumber: number, latestNumber: number, pages: number | null, chunkCount: number, sizeBytes: number, warnings: Array<string>, metadata: unknown, createdBy: string, createdAt: string, updatedAt: string, knowledgeBase: { id: string, name: string } | null, version: { id: string, number: number } | null, ingestion: { id: string, state: TaskState } | null, error: { code: ErrorCode, message: string, retryable: boolean } | null, access: { users: Array<string>, groups: Array<string> } | null, diff: { unchanged: number, embedded: number, removed: number, tokensSaved: number } | null } | null };

export type DocumentVersionsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DocumentVersionsQuery = { document: { id: string, versions: { nodes: Array<{ id: string, number: number, state: DocumentState, title: string | null, mediaType: string | null, contentSha256: string | null, superseded: boolean, text: string | null, metadata: unknown, createdAt: string, chunking: { method: ChunkingMethod | null, maxTokens: number | null, overlapTokens: number | null, withHeadings: boolean | null } | null, diff: { unchanged: number, embedded: number, removed: number, tokensSaved: number } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type DocumentChunksQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type DocumentChunksQuery = { document: { id: string, version: { id: string, text: string | null, chunks: { nodes: Array<{ id: string, ordinal: number, text: string, start: number, end: number, page: number | null, headings: Array<string>, tokens: number }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } } | null } | null };

export type PreviewChunksQueryVariables = Exact<{
  input: PreviewChunksInput;
}>;


export type PreviewChunksQuery = { previewChunks: { title: string | null, mediaType: string, pages: number | null, text: string, warnings: Array<string>, chunkCount: number, chunks: Array<{ ordinal: number, text: string, start: number, end: number, page: number | null, headings: Array<string>, tokens: number, searched: string }> } };

export type SearchQueryVariables = Exact<{
  input: SearchInput;
}>;


export type SearchQuery = { search: { degraded: boolean, indexedShare: number, generations: Array<{ id: string, number: number }>, hits: Array<{ rank: number, score: number, scores: { vector: number | null, vectorRank: number | null, text: number | null, textRank: number | null, fused: number, rerank: number | null, rankBefore: number }, document: { id: string, key: string | null, title: string | null, versionNumber: number }, chunk: { id: string, ordinal: number, text: string, start: number, end: number, page: number | null, headings: Array<string>, tokens: number }, neighbours: Array<{ ordinal: number, text: string }>, highlights: Array<{ start: number, end: number }> }> } };

export type CreateKnowledgeBaseMutationVariables = Exact<{
  input: CreateKnowledgeBaseInput;
}>;


export type CreateKnowledgeBaseMutation = { createKnowledgeBase:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'KnowledgeBase', id: string, tenantId: string, name: string, description: string | null, language: TextLanguage, documentCount: number, chunkCount: number, sizeBytes: number, createdBy: string, createdAt: string, updatedAt: string, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, metadataFields: Array<{ name: string, kind: MetadataKind }>, snapshotRetention: { keep: number, maxAgeDays: number | null } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type UpdateKnowledgeBaseMutationVariables = Exact<{
  input: UpdateKnowledgeBaseInput;
}>;


export type UpdateKnowledgeBaseMutation = { updateKnowledgeBase:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'KnowledgeBase', id: string, tenantId: string, name: string, description: string | null, language: TextLanguage, documentCount: number, chunkCount: number, sizeBytes: number, createdBy: string, createdAt: string, updatedAt: string, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, metadataFields: Array<{ name: string, kind: MetadataKind }>, snapshotRetention: { keep: number, maxAgeDays: number | null } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type DeleteKnowledgeBaseMutationVariables = Exact<{
  input: DeleteKnowledgeBaseInput;
}>;


export type DeleteKnowledgeBaseMutation = { deleteKnowledgeBase:
    | { __typename: 'DeletedKnowledgeBase', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type AddDocumentsMutationVariables = Exact<{
  input: AddDocumentsInput;
  idempotencyKey?: string | null | undefined;
}>;


export type AddDocumentsMutation = { addDocuments:
    | { __typename: 'AddedDocuments', task: { id: string, type: string, state: TaskState }, documents: Array<{ id: string, key: string | null, title: string | null, source: string | null, mediaType: string | null, contentSha256: string | null, state: DocumentState, versionNumber: number, latestNumber: number, pages: number | null, chunkCount: number, sizeBytes: number, warnings: Array<string>, metadata: unknown, createdBy: string, createdAt: string, updatedAt: string, error: { code: ErrorCode, message: string, retryable: boolean } | null, access: { users: Array<string>, groups: Array<string> } | null, diff: { unchanged: number, embedded: number, removed: number, tokensSaved: number } | null }> }
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
   };

export type UpdateDocumentMutationVariables = Exact<{
  input: UpdateDocumentInput;
  idempotencyKey?: string | null | undefined;
}>;


export type UpdateDocumentMutation = { updateDocument:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
    | { __typename: 'UpdatedDocument', task: { id: string, state: TaskState }, document: { id: string, key: string | null, title: string | null, source: string | null, mediaType: string | null, contentSha256: string | null, state: DocumentState, versionNumber: number, latestNumber: number, pages: number | null, chunkCount: number, sizeBytes: number, warnings: Array<string>, metadata: unknown, createdBy: string, createdAt: string, updatedAt: string, error: { code: ErrorCode, message: string, retryable: boolean } | null, access: { users: Array<string>, groups: Array<string> } | null, diff: { unchanged: number, embedded: number, removed: number, tokensSaved: number } | null } }
   };

export type RetryDocumentsMutationVariables = Exact<{
  input: RetryDocumentsInput;
}>;


export type RetryDocumentsMutation = { retryDocuments:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
    | { __typename: 'RetriedDocuments', notKept: Array<string>, task: { id: string, state: TaskState } | null, documents: Array<{ id: string, key: string | null, title: string | null, source: string | null, mediaType: string | null, contentSha256: string | null, state: DocumentState, versionNumber: number, latestNumber: number, pages: number | null, chunkCount: number, sizeBytes: number, warnings: Array<string>, metadata: unknown, createdBy: string, createdAt: string, updatedAt: string, error: { code: ErrorCode, message: string, retryable: boolean } | null, access: { users: Array<string>, groups: Array<string> } | null, diff: { unchanged: number, embedded: number, removed: number, tokensSaved: number } | null }> }
   };

export type CancelIngestionMutationVariables = Exact<{
  input: CancelIngestionInput;
}>;


export type CancelIngestionMutation = { cancelIngestion:
    | { __typename: 'CancelledIngestion', taskCount: number }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type DeleteDocumentMutationVariables = Exact<{
  input: DeleteDocumentInput;
}>;


export type DeleteDocumentMutation = { deleteDocument:
    | { __typename: 'DeletedDocument', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type DocumentProgressPartsFragment = { documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, error: { code: ErrorCode, message: string } | null };

export type IngestionFiguresFragment = { total: number, waiting: number, ready: number, failed: number, percent: number, active: Array<{ documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, error: { code: ErrorCode, message: string } | null }> };

export type KnowledgeBaseIngestionQueryVariables = Exact<{
  name: string;
}>;


export type KnowledgeBaseIngestionQuery = { knowledgeBase: { id: string, ingestion: { total: number, waiting: number, ready: number, failed: number, percent: number, active: Array<{ documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, error: { code: ErrorCode, message: string } | null }> } } | null };

export type IngestionEventsSubscriptionVariables = Exact<{
  knowledgeBase?: string | null | undefined;
  document?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type IngestionEventsSubscription = { ingestionEvents:
    | { __typename: 'IngestionChanged', cursor: string, fromSequence: number, sequence: number, documents: Array<{ documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, document: { id: string, key: string | null, state: DocumentState } | null, error: { code: ErrorCode, message: string } | null }> }
    | { __typename: 'IngestionSnapshot', cursor: string, fromSequence: number, sequence: number, knowledgeBase: { id: string, ingestion: { total: number, waiting: number, ready: number, failed: number, percent: number, active: Array<{ documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, error: { code: ErrorCode, message: string } | null }> } } | null, document: { id: string, progress: { documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, error: { code: ErrorCode, message: string } | null } } | null }
    | { __typename: 'StreamEnd', cursor: string, fromSequence: number, sequence: number, reason: StreamEndReason }
    | { __typename: 'StreamGap', cursor: string, fromSequence: number, sequence: number, missed: number, snapshot:
        | { id: string, progress: { documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, error: { code: ErrorCode, message: string } | null } }
        | { id: string, ingestion: { total: number, waiting: number, ready: number, failed: number, percent: number, active: Array<{ documentId: string, versionNumber: number, phase: IngestionPhase, done: number, total: number, percent: number, error: { code: ErrorCode, message: string } | null }> } }
        | Record<PropertyKey, never>
       }
   };

export type ReindexKnowledgeBaseMutationVariables = Exact<{
  input: ReindexKnowledgeBaseInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ReindexKnowledgeBaseMutation = { reindexKnowledgeBase:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'IndexGeneration', id: string, number: number, state: IndexGenerationState, documentCount: number, chunkCount: number, createdAt: string, readyAt: string | null, activatedAt: string | null, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, progress: { done: number, total: number, percent: number } | null, approximateSearch: { kind: string, isUsed: boolean, recall: number, sampleSize: number, measuredAt: string, indexedShare: number, width: number } | null, error: { code: ErrorCode, message: string, retryable: boolean } | null, task: { id: string, state: TaskState } | null }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
   };

export type ActivateGenerationMutationVariables = Exact<{
  input: IndexGenerationInput;
}>;


export type ActivateGenerationMutation = { activateGeneration:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'KnowledgeBase', id: string, tenantId: string, name: string, description: string | null, language: TextLanguage, documentCount: number, chunkCount: number, sizeBytes: number, createdBy: string, createdAt: string, updatedAt: string, embeddingModel: { id: string, version: string } | null, chunking: { method: ChunkingMethod, maxTokens: number, overlapTokens: number, withHeadings: boolean }, metadataFields: Array<{ name: string, kind: MetadataKind }>, snapshotRetention: { keep: number, maxAgeDays: number | null } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type DeleteGenerationMutationVariables = Exact<{
  input: IndexGenerationInput;
}>;


export type DeleteGenerationMutation = { deleteGeneration:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'DeletedGeneration', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type SnapshotPartsFragment = { id: string, name: string, documentCount: number, chunkCount: number, createdBy: string, createdAt: string, generation: { number: number } | null };

export type KnowledgeBaseSnapshotsQueryVariables = Exact<{
  name: string;
}>;


export type KnowledgeBaseSnapshotsQuery = { knowledgeBase: { id: string, snapshots: Array<{ id: string, name: string, documentCount: number, chunkCount: number, createdBy: string, createdAt: string, generation: { number: number } | null }> } | null };

export type SnapshotKnowledgeBaseMutationVariables = Exact<{
  input: SnapshotInput;
}>;


export type SnapshotKnowledgeBaseMutation = { snapshotKnowledgeBase:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'KnowledgeBaseSnapshot', id: string, name: string, documentCount: number, chunkCount: number, createdBy: string, createdAt: string, generation: { number: number } | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type RestoreSnapshotMutationVariables = Exact<{
  input: SnapshotInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RestoreSnapshotMutation = { restoreSnapshot:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean, retryAfterMs: number }
    | { __typename: 'RestoringSnapshot', task: { id: string, state: TaskState } }
   };

export type DeleteSnapshotMutationVariables = Exact<{
  input: SnapshotInput;
}>;


export type DeleteSnapshotMutation = { deleteSnapshot:
    | { __typename: 'DeletedSnapshot', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type PercentileValuesFragment = { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null };

export type ModelFiguresFragment = { at: string, windowMs: number, requests: number, inferences: number, executions: number | null, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number | null, computeMs: number | null, queueLength: number | null, runningCount: number | null, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null };

export type ModelMetricsQueryVariables = Exact<{
  name: string;
  version: string;
  window: MetricsWindow;
}>;


export type ModelMetricsQuery = { model: { metrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number | null, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number | null, computeMs: number | null, queueLength: number | null, runningCount: number | null, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null } } | null, modelVersion: { metrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number | null, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number | null, computeMs: number | null, queueLength: number | null, runningCount: number | null, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null } } | null };

export type FollowModelMetricsSubscriptionVariables = Exact<{
  name: string;
  version?: string | null | undefined;
  window: MetricsWindow;
  everyMs: number;
}>;


export type FollowModelMetricsSubscription = { modelMetrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number | null, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number | null, computeMs: number | null, queueLength: number | null, runningCount: number | null, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null } };

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
      , inputs: Array<{ name: string, type: string, shape: Array<string> }>, outputs: Array<{ name: string, type: string, shape: Array<string> }>, runner: { id: string, pid: number, state: RunnerState, startedAt: string, restarts: number, queueLength: number | null, runningCount: number | null, breaker: { state: BreakerState, recentFailures: number, retryAt: string | null } } | null, loadProgress: { phase: LoadPhase, doneBytes: number, totalBytes: number, percent: number, etaMs: number | null } | null, settings: { maxBatchTokens: number, maxQueueLength: number, idleTtlMs: number, threads: number, cacheResponses: boolean, draft: boolean, timeoutMs: number, pinned: boolean, priority: number } } | null, metrics: { at: string, windowMs: number, requests: number, inferences: number, executions: number | null, cacheHits: number, refusals: number, inputTokens: number, cachedInputTokens: number, outputTokens: number, generatedTokens: number | null, computeMs: number | null, queueLength: number | null, runningCount: number | null, tokensPerSecond: number | null, failures: Array<{ code: ErrorCode, count: number }>, latencyMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, timeToFirstTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null }, interTokenMs: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null, batchSize: { count: number, mean: number | null, p50: number | null, p90: number | null, p99: number | null, max: number | null } | null } } | null };

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
        | { __typename: 'Answer', id: string }
        | { __typename: 'Chunk', id: string }
        | { __typename: 'Document', id: string }
        | { __typename: 'DocumentVersion', id: string }
        | { __typename: 'Evaluation', id: string }
        | { __typename: 'IndexGeneration', id: string }
        | { __typename: 'KnowledgeBase', id: string }
        | { __typename: 'KnowledgeBaseSnapshot', id: string }
        | { __typename: 'Model', id: string }
        | { __typename: 'ModelVersion', id: string }
        | { __typename: 'Prediction', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Task', id: string }
        | { __typename: 'TaskGraph', id: string }
        | { __typename: 'TaskQueue', id: string }
        | { __typename: 'Upload', id: string }
        | { __typename: 'Worker', id: string }
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

export type PredictionTaskQueryVariables = Exact<{
  id: string;
}>;


export type PredictionTaskQuery = { prediction: { id: string, state: PredictionState, error: { code: ErrorCode } | null, task: { id: string, type: string, state: TaskState, input: unknown, output: unknown, queue: { name: string }, error: { code: ErrorCode } | null, progress: { done: number, total: number | null } | null, attempts: Array<{ number: number, endedAt: string | null }>, prediction: { id: string } | null } | null } | null };

export type TaskPredictionQueryVariables = Exact<{
  id: string;
}>;


export type TaskPredictionQuery = { task: { id: string, state: TaskState, output: unknown, prediction: { id: string, state: PredictionState, task: { id: string } | null } | null } | null };

export type PredictBatchMutationVariables = Exact<{
  inputs: Array<PredictInput> | PredictInput;
  priority?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type PredictBatchMutation = { predictBatch:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, type: string, state: TaskState, priority: number, queue: { name: string } }
   };

export type PredictionBatchQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type PredictionBatchQuery = { task: { id: string, state: TaskState, output: unknown, progress: { done: number, total: number | null } | null, error: { code: ErrorCode, message: string } | null, batch: { succeededCount: number, failedCount: number, usage: { inputTokens: number, outputTokens: number }, results: { edges: Array<{ cursor: string, node: { index: number, finishReason: FinishReason | null, output:
              | { __typename: 'ClassificationOutput' }
              | { __typename: 'EmbeddingOutput', vectors: Array<{ index: number, values: Array<number> }> }
              | { __typename: 'RankingOutput' }
              | { __typename: 'TensorOutput' }
              | { __typename: 'TextOutput', text: string, toolCalls: Array<{ id: string }> }
             | null, error: { code: ErrorCode, message: string, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } } | null } | null };

type ProblemParts_Conflict_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_DeadlineExceeded_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_IdempotencyConflict_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_InvalidInput_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_LoadFailed_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_NotFound_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_OutOfMemory_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_Overloaded_Fragment = { code: ErrorCode, message: string, retryable: boolean };

type ProblemParts_TaskGraphCycle_Fragment = { code: ErrorCode, message: string, retryable: boolean };

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
  | ProblemParts_TaskGraphCycle_Fragment
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
        | { __typename: 'Answer', id: string }
        | { __typename: 'Chunk', id: string }
        | { __typename: 'Document', id: string }
        | { __typename: 'DocumentVersion', id: string }
        | { __typename: 'Evaluation', id: string }
        | { __typename: 'IndexGeneration', id: string }
        | { __typename: 'KnowledgeBase', id: string }
        | { __typename: 'KnowledgeBaseSnapshot', id: string }
        | { __typename: 'Model', id: string }
        | { __typename: 'ModelVersion', id: string }
        | { __typename: 'Prediction', state: PredictionState, id: string, output:
            | { text: string }
            | Record<PropertyKey, never>
           | null }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Task', id: string }
        | { __typename: 'TaskGraph', id: string }
        | { __typename: 'TaskQueue', id: string }
        | { __typename: 'Upload', id: string }
        | { __typename: 'Worker', id: string }
       }
    | { __typename: 'TokensDelta', cursor: string, fromSequence: number, sequence: number, at: string, choice: number, text: string, toolCalls: Array<{ index: number, id: string, name: string, arguments: string }>, tokens: Array<{ id: number, text: string, logprob: number | null }> }
   };

export type SchedulePartsFragment = { id: string, tenantId: string, name: string, cron: string, timezone: string, jitterMs: number, paused: boolean, overlap: OverlapPolicy, catchUp: CatchUpPolicy, catchUpWindowMs: number, input: unknown, lastDueAt: string | null, createdBy: string, createdAt: string, updatedAt: string, task: { type: string, queue: string | null, priority: number | null, timeoutMs: number | null, attemptLimit: number | null, expiresAfterMs: number | null, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number } | null, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null }, nextRuns: Array<{ dueAt: string, firesAt: string }>, lastRun: { id: string, state: TaskState, createdAt: string, scheduleDueAt: string | null, schedule: { id: string, name: string } | null } | null, skipped: Array<{ reason: SkipReason, count: number, lastDueAt: string, lastMessage: string | null }> };

export type ScheduleRunPartsFragment = { id: string, state: TaskState, createdAt: string, scheduleDueAt: string | null, schedule: { id: string, name: string } | null };

export type ScheduleQueryVariables = Exact<{
  name: string;
  nextRuns?: number | null | undefined;
}>;


export type ScheduleQuery = { schedule: { id: string, tenantId: string, name: string, cron: string, timezone: string, jitterMs: number, paused: boolean, overlap: OverlapPolicy, catchUp: CatchUpPolicy, catchUpWindowMs: number, input: unknown, lastDueAt: string | null, createdBy: string, createdAt: string, updatedAt: string, task: { type: string, queue: string | null, priority: number | null, timeoutMs: number | null, attemptLimit: number | null, expiresAfterMs: number | null, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number } | null, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null }, nextRuns: Array<{ dueAt: string, firesAt: string }>, lastRun: { id: string, state: TaskState, createdAt: string, scheduleDueAt: string | null, schedule: { id: string, name: string } | null } | null, skipped: Array<{ reason: SkipReason, count: number, lastDueAt: string, lastMessage: string | null }> } | null };

export type ScheduleRunsQueryVariables = Exact<{
  name: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ScheduleRunsQuery = { schedule: { id: string, runs: { nodes: Array<{ id: string, state: TaskState, createdAt: string, scheduleDueAt: string | null, schedule: { id: string, name: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type SchedulesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type SchedulesQuery = { schedules: { nodes: Array<{ id: string, name: string, cron: string, timezone: string, paused: boolean }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type UpsertScheduleMutationVariables = Exact<{
  input: UpsertScheduleInput;
  nextRuns?: number | null | undefined;
}>;


export type UpsertScheduleMutation = { upsertSchedule:
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, path: string | null }
    | { __typename: 'Schedule', id: string, tenantId: string, name: string, cron: string, timezone: string, jitterMs: number, paused: boolean, overlap: OverlapPolicy, catchUp: CatchUpPolicy, catchUpWindowMs: number, input: unknown, lastDueAt: string | null, createdBy: string, createdAt: string, updatedAt: string, task: { type: string, queue: string | null, priority: number | null, timeoutMs: number | null, attemptLimit: number | null, expiresAfterMs: number | null, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number } | null, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null }, nextRuns: Array<{ dueAt: string, firesAt: string }>, lastRun: { id: string, state: TaskState, createdAt: string, scheduleDueAt: string | null, schedule: { id: string, name: string } | null } | null, skipped: Array<{ reason: SkipReason, count: number, lastDueAt: string, lastMessage: string | null }> }
   };

export type DeleteScheduleMutationVariables = Exact<{
  input: DeleteScheduleInput;
}>;


export type DeleteScheduleMutation = { deleteSchedule:
    | { __typename: 'DeletedSchedule', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string }
   };

export type PauseScheduleMutationVariables = Exact<{
  input: PauseScheduleInput;
}>;


export type PauseScheduleMutation = { pauseSchedule:
    | { __typename: 'NotFound', code: ErrorCode, message: string }
    | { __typename: 'Schedule', id: string, name: string, paused: boolean, nextRuns: Array<{ dueAt: string }> }
   };

export type ResumeScheduleMutationVariables = Exact<{
  input: ResumeScheduleInput;
}>;


export type ResumeScheduleMutation = { resumeSchedule:
    | { __typename: 'NotFound', code: ErrorCode, message: string }
    | { __typename: 'Schedule', id: string, name: string, paused: boolean, nextRuns: Array<{ dueAt: string }> }
   };

export type RunScheduleNowMutationVariables = Exact<{
  input: RunScheduleNowInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RunScheduleNowMutation = { runScheduleNow:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, state: TaskState, createdAt: string, scheduleDueAt: string | null, schedule: { id: string, name: string } | null }
   };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { subject: string, tenantId: string, roles: Array<Role>, expiresAt: string | null } };

export type SigningSecretsQueryVariables = Exact<{ [key: string]: never; }>;


export type SigningSecretsQuery = { signingSecrets: Array<string> };

export type ServerStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerStatusQuery = { server: { version: string, startedAt: string, phase: ServerPhase, stateStore: string, health: { ready: boolean, checks: Array<{ name: string, ok: boolean, message: string | null }> } } };

export type FindNodeQueryVariables = Exact<{
  id: string;
}>;


export type FindNodeQuery = { node:
    | { __typename: 'Answer', id: string }
    | { __typename: 'Chunk', id: string }
    | { __typename: 'Document', id: string }
    | { __typename: 'DocumentVersion', id: string }
    | { __typename: 'Evaluation', id: string }
    | { __typename: 'IndexGeneration', id: string }
    | { __typename: 'KnowledgeBase', id: string }
    | { __typename: 'KnowledgeBaseSnapshot', id: string }
    | { __typename: 'Model', id: string }
    | { __typename: 'ModelVersion', id: string }
    | { __typename: 'Prediction', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Task', id: string }
    | { __typename: 'TaskGraph', id: string }
    | { __typename: 'TaskQueue', id: string }
    | { __typename: 'Upload', id: string }
    | { __typename: 'Worker', id: string }
   | null };

export type FindNodesQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type FindNodesQuery = { nodes: Array<
    | { __typename: 'Answer', id: string }
    | { __typename: 'Chunk', id: string }
    | { __typename: 'Document', id: string }
    | { __typename: 'DocumentVersion', id: string }
    | { __typename: 'Evaluation', id: string }
    | { __typename: 'IndexGeneration', id: string }
    | { __typename: 'KnowledgeBase', id: string }
    | { __typename: 'KnowledgeBaseSnapshot', id: string }
    | { __typename: 'Model', id: string }
    | { __typename: 'ModelVersion', id: string }
    | { __typename: 'Prediction', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'Task', id: string }
    | { __typename: 'TaskGraph', id: string }
    | { __typename: 'TaskQueue', id: string }
    | { __typename: 'Upload', id: string }
    | { __typename: 'Worker', id: string }
   | null> };

export type TaskGraphPartsFragment = { id: string, taskCount: number, linkCount: number, idempotencyKey: string | null, createdBy: string, createdAt: string, states: Array<{ state: TaskState, count: number }>, rerunOf: { id: string } | null };

export type TaskDependencyPartsFragment = { parentId: string, parentName: string, childId: string, onFailure: ParentFailurePolicy };

export type TaskGraphQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TaskGraphQuery = { taskGraph: { id: string, taskCount: number, linkCount: number, idempotencyKey: string | null, createdBy: string, createdAt: string, tasks: { nodes: Array<{ name: string | null, parentCount: number, childCount: number, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } }, states: Array<{ state: TaskState, count: number }>, rerunOf: { id: string } | null } | null };

export type TaskDependenciesQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  parentsAfter?: string | null | undefined;
  childrenAfter?: string | null | undefined;
}>;


export type TaskDependenciesQuery = { task: { name: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, graph: { id: string } | null, parents: { nodes: Array<{ parentId: string, parentName: string, childId: string, onFailure: ParentFailurePolicy, parent: { id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } }, children: { nodes: Array<{ parentId: string, parentName: string, childId: string, onFailure: ParentFailurePolicy, child: { name: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } }, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } | null };

export type EnqueueTaskGraphMutationVariables = Exact<{
  input: EnqueueTaskGraphInput;
  idempotencyKey?: string | null | undefined;
}>;


export type EnqueueTaskGraphMutation = { enqueueTaskGraph:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', retryAfterMs: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'TaskGraph', id: string, taskCount: number, linkCount: number, idempotencyKey: string | null, createdBy: string, createdAt: string, states: Array<{ state: TaskState, count: number }>, rerunOf: { id: string } | null }
    | { __typename: 'TaskGraphCycle', path: string | null, names: Array<string>, code: ErrorCode, message: string, retryable: boolean }
   };

export type RerunTaskGraphMutationVariables = Exact<{
  input: RerunTaskGraphInput;
}>;


export type RerunTaskGraphMutation = { rerunTaskGraph:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', retryAfterMs: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'TaskGraph', id: string, taskCount: number, linkCount: number, idempotencyKey: string | null, createdBy: string, createdAt: string, states: Array<{ state: TaskState, count: number }>, rerunOf: { id: string } | null }
   };

export type TaskEventsWithChildrenSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type TaskEventsWithChildrenSubscription = { taskEvents:
    | { __typename: 'StreamEnd', cursor: string, fromSequence: number, sequence: number, at: string, reason: StreamEndReason }
    | { __typename: 'StreamGap', cursor: string, fromSequence: number, sequence: number, at: string, missed: number, firstAvailable: string }
    | { __typename: 'TaskChanged', cursor: string, fromSequence: number, sequence: number, at: string, task: { id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } }
    | { __typename: 'TaskChildren', cursor: string, fromSequence: number, sequence: number, at: string, states: Array<{ state: TaskState, count: number }>, changed: Array<{ name: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }> }
    | { __typename: 'TaskDeduplicated', cursor: string, fromSequence: number, sequence: number, at: string }
    | { __typename: 'TaskLogged', cursor: string, fromSequence: number, sequence: number, at: string }
    | { __typename: 'TaskPosition', cursor: string, fromSequence: number, sequence: number, at: string }
    | { __typename: 'TaskSnapshot', cursor: string, fromSequence: number, sequence: number, at: string, task: { id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } }
   };

export type TaskErrorPartsFragment = { code: ErrorCode, message: string, retryable: boolean, errorId: string | null };

export type TaskBackoffPartsFragment = { initialMs: number, factor: number, maxMs: number, jitter: number };

export type TaskStatusPartsFragment = { id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null };

export type TaskPartsFragment = { tenantId: string, input: unknown, output: unknown, attemptLimit: number, expiresAt: string | null, timeoutMs: number | null, idempotencyKey: string | null, isDeadLetter: boolean, queuePosition: number | null, etaMs: number | null, traceId: string, createdBy: string, createdAt: string, updatedAt: string, queuedAt: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, queue: { id: string, name: string }, attempts: Array<{ number: number, workerId: string, startedAt: string, endedAt: string | null, nextAttemptAt: string | null, worker: { id: string, host: string } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number }, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null, dedupe: { key: string, mode: TaskDedupeMode } | null, retryOf: { id: string } | null, retriedAs: { id: string } | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null };

export type TaskQueuePartsFragment = { id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null };

export type TaskQueryVariables = Exact<{
  id: string;
}>;


export type TaskQuery = { task: { tenantId: string, input: unknown, output: unknown, attemptLimit: number, expiresAt: string | null, timeoutMs: number | null, idempotencyKey: string | null, isDeadLetter: boolean, queuePosition: number | null, etaMs: number | null, traceId: string, createdBy: string, createdAt: string, updatedAt: string, queuedAt: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, webhook: { url: string, delivery: { id: string, state: TaskState, attempts: Array<{ number: number, startedAt: string, error: { code: ErrorCode, message: string } | null }> } | null } | null, trace: { traceId: string, spans: Array<{ attempt: number, name: string, startedAt: string, durationMs: number, failed: boolean }> }, queue: { id: string, name: string }, attempts: Array<{ number: number, workerId: string, startedAt: string, endedAt: string | null, nextAttemptAt: string | null, worker: { id: string, host: string } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number }, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null, dedupe: { key: string, mode: TaskDedupeMode } | null, retryOf: { id: string } | null, retriedAs: { id: string } | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } | null };

export type TaskLogsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TaskLogsQuery = { task: { id: string, logs: { nodes: Array<{ attempt: number, at: string, text: string }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type TasksQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: TaskFilterInput | null | undefined;
  orderBy?: TaskOrder | null | undefined;
}>;


export type TasksQuery = { tasks: { nodes: Array<{ createdAt: string, queuePosition: number | null, etaMs: number | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, queue: { id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null }, retryOf: { id: string, state: TaskState } | null, retriedAs: { id: string, state: TaskState } | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type TaskTypesQueryVariables = Exact<{ [key: string]: never; }>;


export type TaskTypesQuery = { taskTypes: Array<{ name: string, description: string, inputSchema: unknown, outputSchema: unknown, queue: { id: string, name: string }, defaults: { attemptLimit: number, timeoutMs: number | null, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number } } }> };

export type TaskQueueQueryVariables = Exact<{
  name: string;
}>;


export type TaskQueueQuery = { taskQueue: { id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null } | null };

export type TaskQueuesQueryVariables = Exact<{ [key: string]: never; }>;


export type TaskQueuesQuery = { taskQueues: Array<{ id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null }> };

export type EnqueueTaskMutationVariables = Exact<{
  input: EnqueueTaskInput;
  idempotencyKey?: string | null | undefined;
}>;


export type EnqueueTaskMutation = { enqueueTask:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', retryAfterMs: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', tenantId: string, input: unknown, output: unknown, attemptLimit: number, expiresAt: string | null, timeoutMs: number | null, idempotencyKey: string | null, isDeadLetter: boolean, queuePosition: number | null, etaMs: number | null, traceId: string, createdBy: string, createdAt: string, updatedAt: string, queuedAt: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, queue: { id: string, name: string }, attempts: Array<{ number: number, workerId: string, startedAt: string, endedAt: string | null, nextAttemptAt: string | null, worker: { id: string, host: string } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number }, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null, dedupe: { key: string, mode: TaskDedupeMode } | null, retryOf: { id: string } | null, retriedAs: { id: string } | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }
   };

export type CancelTaskMutationVariables = Exact<{
  input: CancelTaskInput;
}>;


export type CancelTaskMutation = { cancelTask:
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }
   };

export type RetryTaskMutationVariables = Exact<{
  input: RetryTaskInput;
}>;


export type RetryTaskMutation = { retryTask:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', retryAfterMs: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', tenantId: string, input: unknown, output: unknown, attemptLimit: number, expiresAt: string | null, timeoutMs: number | null, idempotencyKey: string | null, isDeadLetter: boolean, queuePosition: number | null, etaMs: number | null, traceId: string, createdBy: string, createdAt: string, updatedAt: string, queuedAt: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, queue: { id: string, name: string }, attempts: Array<{ number: number, workerId: string, startedAt: string, endedAt: string | null, nextAttemptAt: string | null, worker: { id: string, host: string } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number }, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null, dedupe: { key: string, mode: TaskDedupeMode } | null, retryOf: { id: string } | null, retriedAs: { id: string } | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }
   };

export type SetTaskPriorityMutationVariables = Exact<{
  input: SetTaskPriorityInput;
}>;


export type SetTaskPriorityMutation = { setTaskPriority:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }
   };

export type RescheduleTaskMutationVariables = Exact<{
  input: RescheduleTaskInput;
}>;


export type RescheduleTaskMutation = { rescheduleTask:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }
   };

export type DeleteTaskMutationVariables = Exact<{
  input: DeleteTaskInput;
}>;


export type DeleteTaskMutation = { deleteTask:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'DeletedTask', deletedId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
   };

export type RequeueDeadLettersMutationVariables = Exact<{
  input: RequeueDeadLettersInput;
}>;


export type RequeueDeadLettersMutation = { requeueDeadLetters:
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Overloaded', retryAfterMs: number, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'RequeuedDeadLetters', taskIds: Array<string>, count: number, hasMore: boolean }
   };

export type UpdateTaskQueueMutationVariables = Exact<{
  input: UpdateTaskQueueInput;
}>;


export type UpdateTaskQueueMutation = { updateTaskQueue:
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'TaskQueue', id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null }
   };

export type PauseTaskQueueMutationVariables = Exact<{
  input: PauseTaskQueueInput;
}>;


export type PauseTaskQueueMutation = { pauseTaskQueue:
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'TaskQueue', id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null }
   };

export type ResumeTaskQueueMutationVariables = Exact<{
  input: ResumeTaskQueueInput;
}>;


export type ResumeTaskQueueMutation = { resumeTaskQueue:
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'TaskQueue', id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null }
   };

export type TaskEventsSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type TaskEventsSubscription = { taskEvents:
    | { __typename: 'StreamEnd', cursor: string, fromSequence: number, sequence: number, at: string, reason: StreamEndReason }
    | { __typename: 'StreamGap', cursor: string, fromSequence: number, sequence: number, at: string, missed: number, firstAvailable: string, snapshot:
        | { __typename: 'Answer', id: string }
        | { __typename: 'Chunk', id: string }
        | { __typename: 'Document', id: string }
        | { __typename: 'DocumentVersion', id: string }
        | { __typename: 'Evaluation', id: string }
        | { __typename: 'IndexGeneration', id: string }
        | { __typename: 'KnowledgeBase', id: string }
        | { __typename: 'KnowledgeBaseSnapshot', id: string }
        | { __typename: 'Model', id: string }
        | { __typename: 'ModelVersion', id: string }
        | { __typename: 'Prediction', id: string }
        | { __typename: 'Schedule', id: string }
        | { __typename: 'Task', id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }
        | { __typename: 'TaskGraph', id: string }
        | { __typename: 'TaskQueue', id: string }
        | { __typename: 'Upload', id: string }
        | { __typename: 'Worker', id: string }
       }
    | { __typename: 'TaskChanged', cursor: string, fromSequence: number, sequence: number, at: string, task: { tenantId: string, input: unknown, output: unknown, attemptLimit: number, expiresAt: string | null, timeoutMs: number | null, idempotencyKey: string | null, isDeadLetter: boolean, queuePosition: number | null, etaMs: number | null, traceId: string, createdBy: string, createdAt: string, updatedAt: string, queuedAt: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, queue: { id: string, name: string }, attempts: Array<{ number: number, workerId: string, startedAt: string, endedAt: string | null, nextAttemptAt: string | null, worker: { id: string, host: string } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number }, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null, dedupe: { key: string, mode: TaskDedupeMode } | null, retryOf: { id: string } | null, retriedAs: { id: string } | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } }
    | { __typename: 'TaskChildren', cursor: string, fromSequence: number, sequence: number, at: string }
    | { __typename: 'TaskDeduplicated', cursor: string, fromSequence: number, sequence: number, at: string, mode: TaskDedupeMode }
    | { __typename: 'TaskLogged', cursor: string, fromSequence: number, sequence: number, at: string, attempt: number, lines: Array<string> }
    | { __typename: 'TaskPosition', cursor: string, fromSequence: number, sequence: number, at: string, queuePosition: number | null, etaMs: number | null }
    | { __typename: 'TaskSnapshot', cursor: string, fromSequence: number, sequence: number, at: string, task: { tenantId: string, input: unknown, output: unknown, attemptLimit: number, expiresAt: string | null, timeoutMs: number | null, idempotencyKey: string | null, isDeadLetter: boolean, queuePosition: number | null, etaMs: number | null, traceId: string, createdBy: string, createdAt: string, updatedAt: string, queuedAt: string | null, id: string, type: string, state: TaskState, stateReason: string | null, priority: number, attempt: number, failures: number, runAt: string | null, startedAt: string | null, endedAt: string | null, queue: { id: string, name: string }, attempts: Array<{ number: number, workerId: string, startedAt: string, endedAt: string | null, nextAttemptAt: string | null, worker: { id: string, host: string } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null }>, backoff: { initialMs: number, factor: number, maxMs: number, jitter: number }, concurrency: { key: string, limit: number, rate: { count: number, perMs: number } | null } | null, dedupe: { key: string, mode: TaskDedupeMode } | null, retryOf: { id: string } | null, retriedAs: { id: string } | null, progress: { done: number, total: number | null, message: string | null } | null, error: { code: ErrorCode, message: string, retryable: boolean, errorId: string | null } | null } }
   };

export type TaskQueueEventsSubscriptionVariables = Exact<{
  name: string;
  everyMs: number;
}>;


export type TaskQueueEventsSubscription = { taskQueueEvents: { id: string, name: string, paused: boolean, concurrency: number | null, maxLength: number, length: number, readyCount: number, runningCount: number, oldestWaitMs: number | null, throughputPerSecond: number | null, deadLetters: number, createdAt: string, updatedAt: string, weights: Array<{ tenantId: string, weight: number }> | null } };

export type UploadPartsFragment = { id: string, state: UploadState, name: string | null, mediaType: string | null, sizeBytes: number | null, receivedBytes: number, sha256: string | null, expiresAt: string };

export type CreateUploadMutationVariables = Exact<{
  input: CreateUploadInput;
}>;


export type CreateUploadMutation = { createUpload:
    | { uploadPath: string, upload: { id: string, state: UploadState, name: string | null, mediaType: string | null, sizeBytes: number | null, receivedBytes: number, sha256: string | null, expiresAt: string } }
    | { code: ErrorCode, message: string, retryable: boolean, path: string | null }
    | { code: ErrorCode, message: string, retryable: boolean }
   };

export type FindUploadQueryVariables = Exact<{
  id: string;
}>;


export type FindUploadQuery = { node:
    | { id: string, state: UploadState, name: string | null, mediaType: string | null, sizeBytes: number | null, receivedBytes: number, sha256: string | null, expiresAt: string }
    | Record<PropertyKey, never>
   | null };

export type WorkersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WorkersQuery = { workers: { nodes: Array<{ id: string, name: string, host: string, pid: number, types: Array<string>, state: WorkerState, createdAt: string, lastHeartbeatAt: string, leaseMs: number, running: Array<{ id: string, state: TaskState }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ClaimTasksMutationVariables = Exact<{
  input: ClaimTasksInput;
}>;


export type ClaimTasksMutation = { claimTasks:
    | { __typename: 'ClaimedTasks', tasks: Array<{ token: string, leaseUntil: string, task: { id: string, type: string, tenantId: string, input: unknown, attempt: number, timeoutMs: number | null, state: TaskState } }> }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
   };

export type HeartbeatTaskMutationVariables = Exact<{
  input: HeartbeatTaskInput;
}>;


export type HeartbeatTaskMutation = { heartbeatTask:
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'TaskClaimStates', claims: Array<{ id: string, isLost: boolean, isCancelled: boolean }> }
   };

export type ReportTaskProgressMutationVariables = Exact<{
  input: ReportTaskProgressInput;
}>;


export type ReportTaskProgressMutation = { reportTaskProgress:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, state: TaskState, progress: { done: number, total: number | null, message: string | null } | null }
   };

export type CompleteTaskMutationVariables = Exact<{
  input: CompleteTaskInput;
}>;


export type CompleteTaskMutation = { completeTask:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, state: TaskState, output: unknown }
   };

export type FailTaskMutationVariables = Exact<{
  input: FailTaskInput;
}>;


export type FailTaskMutation = { failTask:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', path: string | null, code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, state: TaskState }
   };

export type ReleaseTaskMutationVariables = Exact<{
  input: ReleaseTaskInput;
}>;


export type ReleaseTaskMutation = { releaseTask:
    | { __typename: 'Conflict', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'InvalidInput', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'NotFound', code: ErrorCode, message: string, retryable: boolean }
    | { __typename: 'Task', id: string, state: TaskState }
   };

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
export const AnswerSentencePartsFragmentDoc = new TypedDocumentString(`
    fragment AnswerSentenceParts on AnswerSentence {
  start
  end
  support
  isSupported
  problem
  citations
  isWithheld
}
    `, {"fragmentName":"AnswerSentenceParts"}) as unknown as TypedDocumentString<AnswerSentencePartsFragment, unknown>;
export const CitationPartsFragmentDoc = new TypedDocumentString(`
    fragment CitationParts on Citation {
  number
  chunk {
    id
    text
    start
    end
  }
  document {
    id
    key
    title
  }
  documentVersion {
    id
    number
  }
  start
  end
  quote
  answerStart
  answerEnd
  support
  valid
  superseded
}
    `, {"fragmentName":"CitationParts"}) as unknown as TypedDocumentString<CitationPartsFragment, unknown>;
export const AnswerPartsFragmentDoc = new TypedDocumentString(`
    fragment AnswerParts on Answer {
  id
  state
  mode
  question
  rewrittenQuestion
  text
  absence
  isWithheld
  grounded
  usedRanks
  droppedTurns
  sentences {
    ...AnswerSentenceParts
  }
  citations {
    ...CitationParts
  }
  error {
    code
    message
    retryable
  }
  createdBy
  createdAt
  endedAt
}
    fragment CitationParts on Citation {
  number
  chunk {
    id
    text
    start
    end
  }
  document {
    id
    key
    title
  }
  documentVersion {
    id
    number
  }
  start
  end
  quote
  answerStart
  answerEnd
  support
  valid
  superseded
}
fragment AnswerSentenceParts on AnswerSentence {
  start
  end
  support
  isSupported
  problem
  citations
  isWithheld
}`, {"fragmentName":"AnswerParts"}) as unknown as TypedDocumentString<AnswerPartsFragment, unknown>;
export const AnswerHitsFragmentDoc = new TypedDocumentString(`
    fragment AnswerHits on Answer {
  hits {
    rank
    score
    scores {
      vector
      text
      fused
    }
    document {
      id
      key
      title
    }
    chunk {
      id
      text
      start
      end
    }
    highlights {
      start
      end
    }
  }
}
    `, {"fragmentName":"AnswerHits"}) as unknown as TypedDocumentString<AnswerHitsFragment, unknown>;
export const RetrievalMetricsPartsFragmentDoc = new TypedDocumentString(`
    fragment RetrievalMetricsParts on RetrievalMetrics {
  depth
  ndcg
  recall
  precision
  reciprocalRank
  averagePrecision
}
    `, {"fragmentName":"RetrievalMetricsParts"}) as unknown as TypedDocumentString<RetrievalMetricsPartsFragment, unknown>;
export const AnswerChecksPartsFragmentDoc = new TypedDocumentString(`
    fragment AnswerChecksParts on AnswerChecks {
  answeredCount
  absentCount
  failedCount
  groundedShare
  sentenceCount
  supportedShare
  citationCount
  validShare
  relevantShare
}
    `, {"fragmentName":"AnswerChecksParts"}) as unknown as TypedDocumentString<AnswerChecksPartsFragment, unknown>;
export const EvaluationPartsFragmentDoc = new TypedDocumentString(`
    fragment EvaluationParts on Evaluation {
  id
  tenantId
  name
  settings
  knowledgeBases {
    id
    name
  }
  queryCount
  unjudgedCount
  missingDocumentCount
  metrics {
    ...RetrievalMetricsParts
  }
  answers {
    ...AnswerChecksParts
  }
  comparedTo {
    id
    name
  }
  delta {
    metric
    depth
    difference
    pairedCount
    betterCount
    worseCount
    pValue
  }
  task {
    id
    state
    progress {
      done
      total
    }
    error {
      code
      message
    }
  }
  createdBy
  createdAt
}
    fragment RetrievalMetricsParts on RetrievalMetrics {
  depth
  ndcg
  recall
  precision
  reciprocalRank
  averagePrecision
}
fragment AnswerChecksParts on AnswerChecks {
  answeredCount
  absentCount
  failedCount
  groundedShare
  sentenceCount
  supportedShare
  citationCount
  validShare
  relevantShare
}`, {"fragmentName":"EvaluationParts"}) as unknown as TypedDocumentString<EvaluationPartsFragment, unknown>;
export const KnowledgeBasePartsFragmentDoc = new TypedDocumentString(`
    fragment KnowledgeBaseParts on KnowledgeBase {
  id
  tenantId
  name
  description
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  language
  metadataFields {
    name
    kind
  }
  documentCount
  chunkCount
  sizeBytes
  snapshotRetention {
    keep
    maxAgeDays
  }
  createdBy
  createdAt
  updatedAt
}
    `, {"fragmentName":"KnowledgeBaseParts"}) as unknown as TypedDocumentString<KnowledgeBasePartsFragment, unknown>;
export const IndexGenerationPartsFragmentDoc = new TypedDocumentString(`
    fragment IndexGenerationParts on IndexGeneration {
  id
  number
  state
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  progress {
    done
    total
    percent
  }
  documentCount
  chunkCount
  approximateSearch {
    kind
    isUsed
    recall
    sampleSize
    measuredAt
    indexedShare
    width
  }
  createdAt
  readyAt
  activatedAt
  error {
    code
    message
    retryable
  }
  task {
    id
    state
  }
}
    `, {"fragmentName":"IndexGenerationParts"}) as unknown as TypedDocumentString<IndexGenerationPartsFragment, unknown>;
export const DocumentDiffPartsFragmentDoc = new TypedDocumentString(`
    fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}
    `, {"fragmentName":"DocumentDiffParts"}) as unknown as TypedDocumentString<DocumentDiffPartsFragment, unknown>;
export const DocumentPartsFragmentDoc = new TypedDocumentString(`
    fragment DocumentParts on Document {
  id
  key
  title
  source
  mediaType
  contentSha256
  state
  error {
    code
    message
    retryable
  }
  versionNumber
  latestNumber
  pages
  chunkCount
  sizeBytes
  warnings
  metadata
  access {
    users
    groups
  }
  diff {
    ...DocumentDiffParts
  }
  createdBy
  createdAt
  updatedAt
}
    fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}`, {"fragmentName":"DocumentParts"}) as unknown as TypedDocumentString<DocumentPartsFragment, unknown>;
export const ChunkPartsFragmentDoc = new TypedDocumentString(`
    fragment ChunkParts on Chunk {
  id
  ordinal
  text
  start
  end
  page
  headings
  tokens
}
    `, {"fragmentName":"ChunkParts"}) as unknown as TypedDocumentString<ChunkPartsFragment, unknown>;
export const DocumentProgressPartsFragmentDoc = new TypedDocumentString(`
    fragment DocumentProgressParts on DocumentProgress {
  documentId
  versionNumber
  phase
  done
  total
  percent
  error {
    code
    message
  }
}
    `, {"fragmentName":"DocumentProgressParts"}) as unknown as TypedDocumentString<DocumentProgressPartsFragment, unknown>;
export const IngestionFiguresFragmentDoc = new TypedDocumentString(`
    fragment IngestionFigures on KnowledgeBaseIngestion {
  total
  waiting
  ready
  failed
  percent
  active {
    ...DocumentProgressParts
  }
}
    fragment DocumentProgressParts on DocumentProgress {
  documentId
  versionNumber
  phase
  done
  total
  percent
  error {
    code
    message
  }
}`, {"fragmentName":"IngestionFigures"}) as unknown as TypedDocumentString<IngestionFiguresFragment, unknown>;
export const SnapshotPartsFragmentDoc = new TypedDocumentString(`
    fragment SnapshotParts on KnowledgeBaseSnapshot {
  id
  name
  generation {
    number
  }
  documentCount
  chunkCount
  createdBy
  createdAt
}
    `, {"fragmentName":"SnapshotParts"}) as unknown as TypedDocumentString<SnapshotPartsFragment, unknown>;
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
export const TaskBackoffPartsFragmentDoc = new TypedDocumentString(`
    fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}
    `, {"fragmentName":"TaskBackoffParts"}) as unknown as TypedDocumentString<TaskBackoffPartsFragment, unknown>;
export const ScheduleRunPartsFragmentDoc = new TypedDocumentString(`
    fragment ScheduleRunParts on Task {
  id
  state
  createdAt
  scheduleDueAt
  schedule {
    id
    name
  }
}
    `, {"fragmentName":"ScheduleRunParts"}) as unknown as TypedDocumentString<ScheduleRunPartsFragment, unknown>;
export const SchedulePartsFragmentDoc = new TypedDocumentString(`
    fragment ScheduleParts on Schedule {
  id
  tenantId
  name
  cron
  timezone
  jitterMs
  paused
  overlap
  catchUp
  catchUpWindowMs
  input
  task {
    type
    queue
    priority
    timeoutMs
    attemptLimit
    backoff {
      ...TaskBackoffParts
    }
    concurrency {
      key
      limit
      rate {
        count
        perMs
      }
    }
    expiresAfterMs
  }
  nextRuns(first: $nextRuns) {
    dueAt
    firesAt
  }
  lastDueAt
  lastRun {
    ...ScheduleRunParts
  }
  skipped {
    reason
    count
    lastDueAt
    lastMessage
  }
  createdBy
  createdAt
  updatedAt
}
    fragment ScheduleRunParts on Task {
  id
  state
  createdAt
  scheduleDueAt
  schedule {
    id
    name
  }
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}`, {"fragmentName":"ScheduleParts"}) as unknown as TypedDocumentString<SchedulePartsFragment, unknown>;
export const TaskGraphPartsFragmentDoc = new TypedDocumentString(`
    fragment TaskGraphParts on TaskGraph {
  id
  taskCount
  linkCount
  idempotencyKey
  createdBy
  createdAt
  states {
    state
    count
  }
  rerunOf {
    id
  }
}
    `, {"fragmentName":"TaskGraphParts"}) as unknown as TypedDocumentString<TaskGraphPartsFragment, unknown>;
export const TaskDependencyPartsFragmentDoc = new TypedDocumentString(`
    fragment TaskDependencyParts on TaskDependency {
  parentId
  parentName
  childId
  onFailure
}
    `, {"fragmentName":"TaskDependencyParts"}) as unknown as TypedDocumentString<TaskDependencyPartsFragment, unknown>;
export const TaskErrorPartsFragmentDoc = new TypedDocumentString(`
    fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
    `, {"fragmentName":"TaskErrorParts"}) as unknown as TypedDocumentString<TaskErrorPartsFragment, unknown>;
export const TaskStatusPartsFragmentDoc = new TypedDocumentString(`
    fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}
    fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}`, {"fragmentName":"TaskStatusParts"}) as unknown as TypedDocumentString<TaskStatusPartsFragment, unknown>;
export const TaskPartsFragmentDoc = new TypedDocumentString(`
    fragment TaskParts on Task {
  ...TaskStatusParts
  tenantId
  queue {
    id
    name
  }
  input
  output
  attempts {
    number
    workerId
    worker {
      id
      host
    }
    startedAt
    endedAt
    error {
      ...TaskErrorParts
    }
    nextAttemptAt
  }
  attemptLimit
  backoff {
    ...TaskBackoffParts
  }
  expiresAt
  timeoutMs
  concurrency {
    key
    limit
    rate {
      count
      perMs
    }
  }
  dedupe {
    key
    mode
  }
  idempotencyKey
  isDeadLetter
  queuePosition
  etaMs
  retryOf {
    id
  }
  retriedAs {
    id
  }
  traceId
  createdBy
  createdAt
  updatedAt
  queuedAt
}
    fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}`, {"fragmentName":"TaskParts"}) as unknown as TypedDocumentString<TaskPartsFragment, unknown>;
export const TaskQueuePartsFragmentDoc = new TypedDocumentString(`
    fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}
    `, {"fragmentName":"TaskQueueParts"}) as unknown as TypedDocumentString<TaskQueuePartsFragment, unknown>;
export const UploadPartsFragmentDoc = new TypedDocumentString(`
    fragment UploadParts on Upload {
  id
  state
  name
  mediaType
  sizeBytes
  receivedBytes
  sha256
  expiresAt
}
    `, {"fragmentName":"UploadParts"}) as unknown as TypedDocumentString<UploadPartsFragment, unknown>;
export const AnswerDocument = new TypedDocumentString(`
    query Answer($id: ID!) {
  answer(id: $id) {
    ...AnswerParts
    ...AnswerHits
    knowledgeBases {
      id
      name
    }
    previousAnswer {
      id
    }
    task {
      id
      state
    }
    prediction {
      id
      state
    }
    timings {
      queueMs
      searchMs
      totalMs
    }
  }
}
    fragment CitationParts on Citation {
  number
  chunk {
    id
    text
    start
    end
  }
  document {
    id
    key
    title
  }
  documentVersion {
    id
    number
  }
  start
  end
  quote
  answerStart
  answerEnd
  support
  valid
  superseded
}
fragment AnswerSentenceParts on AnswerSentence {
  start
  end
  support
  isSupported
  problem
  citations
  isWithheld
}
fragment AnswerParts on Answer {
  id
  state
  mode
  question
  rewrittenQuestion
  text
  absence
  isWithheld
  grounded
  usedRanks
  droppedTurns
  sentences {
    ...AnswerSentenceParts
  }
  citations {
    ...CitationParts
  }
  error {
    code
    message
    retryable
  }
  createdBy
  createdAt
  endedAt
}
fragment AnswerHits on Answer {
  hits {
    rank
    score
    scores {
      vector
      text
      fused
    }
    document {
      id
      key
      title
    }
    chunk {
      id
      text
      start
      end
    }
    highlights {
      start
      end
    }
  }
}`) as unknown as TypedDocumentString<AnswerQuery, AnswerQueryVariables>;
export const AnswersDocument = new TypedDocumentString(`
    query Answers($state: AnswerState, $orderBy: AnswerOrder = CREATED_AT_DESC, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  answers(
    state: $state
    orderBy: $orderBy
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    nodes {
      id
      state
      question
      text
      grounded
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AnswersQuery, AnswersQueryVariables>;
export const StartAnswerDocument = new TypedDocumentString(`
    mutation StartAnswer($input: StartAnswerInput!, $idempotencyKey: String) {
  startAnswer(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ... on Answer {
      ...AnswerParts
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment CitationParts on Citation {
  number
  chunk {
    id
    text
    start
    end
  }
  document {
    id
    key
    title
  }
  documentVersion {
    id
    number
  }
  start
  end
  quote
  answerStart
  answerEnd
  support
  valid
  superseded
}
fragment AnswerSentenceParts on AnswerSentence {
  start
  end
  support
  isSupported
  problem
  citations
  isWithheld
}
fragment AnswerParts on Answer {
  id
  state
  mode
  question
  rewrittenQuestion
  text
  absence
  isWithheld
  grounded
  usedRanks
  droppedTurns
  sentences {
    ...AnswerSentenceParts
  }
  citations {
    ...CitationParts
  }
  error {
    code
    message
    retryable
  }
  createdBy
  createdAt
  endedAt
}`) as unknown as TypedDocumentString<StartAnswerMutation, StartAnswerMutationVariables>;
export const CancelAnswerDocument = new TypedDocumentString(`
    mutation CancelAnswer($input: CancelAnswerInput!) {
  cancelAnswer(input: $input) {
    __typename
    ... on Answer {
      ...AnswerParts
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    fragment CitationParts on Citation {
  number
  chunk {
    id
    text
    start
    end
  }
  document {
    id
    key
    title
  }
  documentVersion {
    id
    number
  }
  start
  end
  quote
  answerStart
  answerEnd
  support
  valid
  superseded
}
fragment AnswerSentenceParts on AnswerSentence {
  start
  end
  support
  isSupported
  problem
  citations
  isWithheld
}
fragment AnswerParts on Answer {
  id
  state
  mode
  question
  rewrittenQuestion
  text
  absence
  isWithheld
  grounded
  usedRanks
  droppedTurns
  sentences {
    ...AnswerSentenceParts
  }
  citations {
    ...CitationParts
  }
  error {
    code
    message
    retryable
  }
  createdBy
  createdAt
  endedAt
}`) as unknown as TypedDocumentString<CancelAnswerMutation, CancelAnswerMutationVariables>;
export const DeleteAnswerDocument = new TypedDocumentString(`
    mutation DeleteAnswer($input: DeleteAnswerInput!) {
  deleteAnswer(input: $input) {
    __typename
    ... on DeletedAnswer {
      deletedId
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteAnswerMutation, DeleteAnswerMutationVariables>;
export const AnswerEventsDocument = new TypedDocumentString(`
    subscription AnswerEvents($id: ID!, $after: Cursor) {
  answerEvents(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
      fromSequence
      sequence
      at
    }
    ... on AnswerSnapshot {
      answer {
        ...AnswerParts
        ...AnswerHits
      }
    }
    ... on AnswerHitsFound {
      answer {
        id
        ...AnswerHits
      }
    }
    ... on AnswerTextDelta {
      text
    }
    ... on AnswerCitationAdded {
      citation {
        ...CitationParts
      }
    }
    ... on AnswerSentenceChecked {
      sentence {
        ...AnswerSentenceParts
      }
    }
    ... on AnswerChanged {
      answer {
        id
        state
        absence
        grounded
        endedAt
      }
    }
    ... on StreamGap {
      missed
      firstAvailable
      snapshot {
        id
        ... on Answer {
          ...AnswerParts
          ...AnswerHits
        }
      }
    }
    ... on StreamEnd {
      reason
    }
  }
}
    fragment CitationParts on Citation {
  number
  chunk {
    id
    text
    start
    end
  }
  document {
    id
    key
    title
  }
  documentVersion {
    id
    number
  }
  start
  end
  quote
  answerStart
  answerEnd
  support
  valid
  superseded
}
fragment AnswerSentenceParts on AnswerSentence {
  start
  end
  support
  isSupported
  problem
  citations
  isWithheld
}
fragment AnswerParts on Answer {
  id
  state
  mode
  question
  rewrittenQuestion
  text
  absence
  isWithheld
  grounded
  usedRanks
  droppedTurns
  sentences {
    ...AnswerSentenceParts
  }
  citations {
    ...CitationParts
  }
  error {
    code
    message
    retryable
  }
  createdBy
  createdAt
  endedAt
}
fragment AnswerHits on Answer {
  hits {
    rank
    score
    scores {
      vector
      text
      fused
    }
    document {
      id
      key
      title
    }
    chunk {
      id
      text
      start
      end
    }
    highlights {
      start
      end
    }
  }
}`) as unknown as TypedDocumentString<AnswerEventsSubscription, AnswerEventsSubscriptionVariables>;
export const EvaluationDocument = new TypedDocumentString(`
    query Evaluation($id: ID!) {
  evaluation(id: $id) {
    ...EvaluationParts
  }
}
    fragment EvaluationParts on Evaluation {
  id
  tenantId
  name
  settings
  knowledgeBases {
    id
    name
  }
  queryCount
  unjudgedCount
  missingDocumentCount
  metrics {
    ...RetrievalMetricsParts
  }
  answers {
    ...AnswerChecksParts
  }
  comparedTo {
    id
    name
  }
  delta {
    metric
    depth
    difference
    pairedCount
    betterCount
    worseCount
    pValue
  }
  task {
    id
    state
    progress {
      done
      total
    }
    error {
      code
      message
    }
  }
  createdBy
  createdAt
}
fragment RetrievalMetricsParts on RetrievalMetrics {
  depth
  ndcg
  recall
  precision
  reciprocalRank
  averagePrecision
}
fragment AnswerChecksParts on AnswerChecks {
  answeredCount
  absentCount
  failedCount
  groundedShare
  sentenceCount
  supportedShare
  citationCount
  validShare
  relevantShare
}`) as unknown as TypedDocumentString<EvaluationQuery, EvaluationQueryVariables>;
export const EvaluationsDocument = new TypedDocumentString(`
    query Evaluations($knowledgeBase: String, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  evaluations(
    knowledgeBase: $knowledgeBase
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    nodes {
      ...EvaluationParts
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    fragment EvaluationParts on Evaluation {
  id
  tenantId
  name
  settings
  knowledgeBases {
    id
    name
  }
  queryCount
  unjudgedCount
  missingDocumentCount
  metrics {
    ...RetrievalMetricsParts
  }
  answers {
    ...AnswerChecksParts
  }
  comparedTo {
    id
    name
  }
  delta {
    metric
    depth
    difference
    pairedCount
    betterCount
    worseCount
    pValue
  }
  task {
    id
    state
    progress {
      done
      total
    }
    error {
      code
      message
    }
  }
  createdBy
  createdAt
}
fragment RetrievalMetricsParts on RetrievalMetrics {
  depth
  ndcg
  recall
  precision
  reciprocalRank
  averagePrecision
}
fragment AnswerChecksParts on AnswerChecks {
  answeredCount
  absentCount
  failedCount
  groundedShare
  sentenceCount
  supportedShare
  citationCount
  validShare
  relevantShare
}`) as unknown as TypedDocumentString<EvaluationsQuery, EvaluationsQueryVariables>;
export const EvaluationQueriesDocument = new TypedDocumentString(`
    query EvaluationQueries($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  evaluation(id: $id) {
    id
    perQuery(first: $first, after: $after, last: $last, before: $before) {
      nodes {
        queryId
        text
        relevantCount
        metrics {
          ...RetrievalMetricsParts
        }
        ranking {
          rank
          name
          documentId
          score
          grade
        }
        answer {
          id
          text
        }
        answerChecks {
          ...AnswerChecksParts
        }
        run
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    fragment RetrievalMetricsParts on RetrievalMetrics {
  depth
  ndcg
  recall
  precision
  reciprocalRank
  averagePrecision
}
fragment AnswerChecksParts on AnswerChecks {
  answeredCount
  absentCount
  failedCount
  groundedShare
  sentenceCount
  supportedShare
  citationCount
  validShare
  relevantShare
}`) as unknown as TypedDocumentString<EvaluationQueriesQuery, EvaluationQueriesQueryVariables>;
export const EvaluateRetrievalDocument = new TypedDocumentString(`
    mutation EvaluateRetrieval($input: EvaluateRetrievalInput!, $idempotencyKey: String) {
  evaluateRetrieval(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ... on Evaluation {
      ...EvaluationParts
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment EvaluationParts on Evaluation {
  id
  tenantId
  name
  settings
  knowledgeBases {
    id
    name
  }
  queryCount
  unjudgedCount
  missingDocumentCount
  metrics {
    ...RetrievalMetricsParts
  }
  answers {
    ...AnswerChecksParts
  }
  comparedTo {
    id
    name
  }
  delta {
    metric
    depth
    difference
    pairedCount
    betterCount
    worseCount
    pValue
  }
  task {
    id
    state
    progress {
      done
      total
    }
    error {
      code
      message
    }
  }
  createdBy
  createdAt
}
fragment RetrievalMetricsParts on RetrievalMetrics {
  depth
  ndcg
  recall
  precision
  reciprocalRank
  averagePrecision
}
fragment AnswerChecksParts on AnswerChecks {
  answeredCount
  absentCount
  failedCount
  groundedShare
  sentenceCount
  supportedShare
  citationCount
  validShare
  relevantShare
}`) as unknown as TypedDocumentString<EvaluateRetrievalMutation, EvaluateRetrievalMutationVariables>;
export const DeleteEvaluationDocument = new TypedDocumentString(`
    mutation DeleteEvaluation($input: DeleteEvaluationInput!) {
  deleteEvaluation(input: $input) {
    __typename
    ... on DeletedEvaluation {
      deletedId
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteEvaluationMutation, DeleteEvaluationMutationVariables>;
export const KnowledgeBaseDocument = new TypedDocumentString(`
    query KnowledgeBase($name: String!) {
  knowledgeBase(name: $name) {
    ...KnowledgeBaseParts
  }
}
    fragment KnowledgeBaseParts on KnowledgeBase {
  id
  tenantId
  name
  description
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  language
  metadataFields {
    name
    kind
  }
  documentCount
  chunkCount
  sizeBytes
  snapshotRetention {
    keep
    maxAgeDays
  }
  createdBy
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<KnowledgeBaseQuery, KnowledgeBaseQueryVariables>;
export const KnowledgeBaseGenerationsDocument = new TypedDocumentString(`
    query KnowledgeBaseGenerations($name: String!) {
  knowledgeBase(name: $name) {
    id
    activeGeneration {
      number
    }
    generations {
      ...IndexGenerationParts
    }
  }
}
    fragment IndexGenerationParts on IndexGeneration {
  id
  number
  state
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  progress {
    done
    total
    percent
  }
  documentCount
  chunkCount
  approximateSearch {
    kind
    isUsed
    recall
    sampleSize
    measuredAt
    indexedShare
    width
  }
  createdAt
  readyAt
  activatedAt
  error {
    code
    message
    retryable
  }
  task {
    id
    state
  }
}`) as unknown as TypedDocumentString<KnowledgeBaseGenerationsQuery, KnowledgeBaseGenerationsQueryVariables>;
export const KnowledgeBasesDocument = new TypedDocumentString(`
    query KnowledgeBases($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  knowledgeBases(first: $first, after: $after, last: $last, before: $before) {
    nodes {
      id
      name
      documentCount
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<KnowledgeBasesQuery, KnowledgeBasesQueryVariables>;
export const KnowledgeBaseDocumentsDocument = new TypedDocumentString(`
    query KnowledgeBaseDocuments($name: String!, $state: DocumentState, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  knowledgeBase(name: $name) {
    id
    documents(
      state: $state
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      nodes {
        ...DocumentParts
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment DocumentParts on Document {
  id
  key
  title
  source
  mediaType
  contentSha256
  state
  error {
    code
    message
    retryable
  }
  versionNumber
  latestNumber
  pages
  chunkCount
  sizeBytes
  warnings
  metadata
  access {
    users
    groups
  }
  diff {
    ...DocumentDiffParts
  }
  createdBy
  createdAt
  updatedAt
}
fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}`) as unknown as TypedDocumentString<KnowledgeBaseDocumentsQuery, KnowledgeBaseDocumentsQueryVariables>;
export const DocumentDocument = new TypedDocumentString(`
    query Document($id: ID!) {
  document(id: $id) {
    ...DocumentParts
    knowledgeBase {
      id
      name
    }
    version {
      id
      number
    }
    ingestion {
      id
      state
    }
  }
}
    fragment DocumentParts on Document {
  id
  key
  title
  source
  mediaType
  contentSha256
  state
  error {
    code
    message
    retryable
  }
  versionNumber
  latestNumber
  pages
  chunkCount
  sizeBytes
  warnings
  metadata
  access {
    users
    groups
  }
  diff {
    ...DocumentDiffParts
  }
  createdBy
  createdAt
  updatedAt
}
fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}`) as unknown as TypedDocumentString<DocumentQuery, DocumentQueryVariables>;
export const DocumentVersionsDocument = new TypedDocumentString(`
    query DocumentVersions($id: ID!, $first: Int, $after: Cursor) {
  document(id: $id) {
    id
    versions(first: $first, after: $after) {
      nodes {
        id
        number
        state
        title
        mediaType
        contentSha256
        superseded
        text
        chunking {
          method
          maxTokens
          overlapTokens
          withHeadings
        }
        metadata
        createdAt
        diff {
          ...DocumentDiffParts
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}`) as unknown as TypedDocumentString<DocumentVersionsQuery, DocumentVersionsQueryVariables>;
export const DocumentChunksDocument = new TypedDocumentString(`
    query DocumentChunks($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  document(id: $id) {
    id
    version {
      id
      text
      chunks(first: $first, after: $after, last: $last, before: $before) {
        nodes {
          ...ChunkParts
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          endCursor
        }
      }
    }
  }
}
    fragment ChunkParts on Chunk {
  id
  ordinal
  text
  start
  end
  page
  headings
  tokens
}`) as unknown as TypedDocumentString<DocumentChunksQuery, DocumentChunksQueryVariables>;
export const PreviewChunksDocument = new TypedDocumentString(`
    query PreviewChunks($input: PreviewChunksInput!) {
  previewChunks(input: $input) {
    title
    mediaType
    pages
    text
    warnings
    chunkCount
    chunks {
      ordinal
      text
      start
      end
      page
      headings
      tokens
      searched
    }
  }
}
    `) as unknown as TypedDocumentString<PreviewChunksQuery, PreviewChunksQueryVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($input: SearchInput!) {
  search(input: $input) {
    degraded
    indexedShare
    generations {
      id
      number
    }
    hits {
      rank
      score
      scores {
        vector
        vectorRank
        text
        textRank
        fused
        rerank
        rankBefore
      }
      document {
        id
        key
        title
        versionNumber
      }
      chunk {
        ...ChunkParts
      }
      neighbours {
        ordinal
        text
      }
      highlights {
        start
        end
      }
    }
  }
}
    fragment ChunkParts on Chunk {
  id
  ordinal
  text
  start
  end
  page
  headings
  tokens
}`) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const CreateKnowledgeBaseDocument = new TypedDocumentString(`
    mutation CreateKnowledgeBase($input: CreateKnowledgeBaseInput!) {
  createKnowledgeBase(input: $input) {
    __typename
    ... on KnowledgeBase {
      ...KnowledgeBaseParts
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
    fragment KnowledgeBaseParts on KnowledgeBase {
  id
  tenantId
  name
  description
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  language
  metadataFields {
    name
    kind
  }
  documentCount
  chunkCount
  sizeBytes
  snapshotRetention {
    keep
    maxAgeDays
  }
  createdBy
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<CreateKnowledgeBaseMutation, CreateKnowledgeBaseMutationVariables>;
export const UpdateKnowledgeBaseDocument = new TypedDocumentString(`
    mutation UpdateKnowledgeBase($input: UpdateKnowledgeBaseInput!) {
  updateKnowledgeBase(input: $input) {
    __typename
    ... on KnowledgeBase {
      ...KnowledgeBaseParts
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
    fragment KnowledgeBaseParts on KnowledgeBase {
  id
  tenantId
  name
  description
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  language
  metadataFields {
    name
    kind
  }
  documentCount
  chunkCount
  sizeBytes
  snapshotRetention {
    keep
    maxAgeDays
  }
  createdBy
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<UpdateKnowledgeBaseMutation, UpdateKnowledgeBaseMutationVariables>;
export const DeleteKnowledgeBaseDocument = new TypedDocumentString(`
    mutation DeleteKnowledgeBase($input: DeleteKnowledgeBaseInput!) {
  deleteKnowledgeBase(input: $input) {
    __typename
    ... on DeletedKnowledgeBase {
      deletedId
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteKnowledgeBaseMutation, DeleteKnowledgeBaseMutationVariables>;
export const AddDocumentsDocument = new TypedDocumentString(`
    mutation AddDocuments($input: AddDocumentsInput!, $idempotencyKey: String) {
  addDocuments(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ... on AddedDocuments {
      task {
        id
        type
        state
      }
      documents {
        ...DocumentParts
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
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment DocumentParts on Document {
  id
  key
  title
  source
  mediaType
  contentSha256
  state
  error {
    code
    message
    retryable
  }
  versionNumber
  latestNumber
  pages
  chunkCount
  sizeBytes
  warnings
  metadata
  access {
    users
    groups
  }
  diff {
    ...DocumentDiffParts
  }
  createdBy
  createdAt
  updatedAt
}
fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}`) as unknown as TypedDocumentString<AddDocumentsMutation, AddDocumentsMutationVariables>;
export const UpdateDocumentDocument = new TypedDocumentString(`
    mutation UpdateDocument($input: UpdateDocumentInput!, $idempotencyKey: String) {
  updateDocument(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ... on UpdatedDocument {
      task {
        id
        state
      }
      document {
        ...DocumentParts
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
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment DocumentParts on Document {
  id
  key
  title
  source
  mediaType
  contentSha256
  state
  error {
    code
    message
    retryable
  }
  versionNumber
  latestNumber
  pages
  chunkCount
  sizeBytes
  warnings
  metadata
  access {
    users
    groups
  }
  diff {
    ...DocumentDiffParts
  }
  createdBy
  createdAt
  updatedAt
}
fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}`) as unknown as TypedDocumentString<UpdateDocumentMutation, UpdateDocumentMutationVariables>;
export const RetryDocumentsDocument = new TypedDocumentString(`
    mutation RetryDocuments($input: RetryDocumentsInput!) {
  retryDocuments(input: $input) {
    __typename
    ... on RetriedDocuments {
      task {
        id
        state
      }
      documents {
        ...DocumentParts
      }
      notKept
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment DocumentParts on Document {
  id
  key
  title
  source
  mediaType
  contentSha256
  state
  error {
    code
    message
    retryable
  }
  versionNumber
  latestNumber
  pages
  chunkCount
  sizeBytes
  warnings
  metadata
  access {
    users
    groups
  }
  diff {
    ...DocumentDiffParts
  }
  createdBy
  createdAt
  updatedAt
}
fragment DocumentDiffParts on DocumentDiff {
  unchanged
  embedded
  removed
  tokensSaved
}`) as unknown as TypedDocumentString<RetryDocumentsMutation, RetryDocumentsMutationVariables>;
export const CancelIngestionDocument = new TypedDocumentString(`
    mutation CancelIngestion($input: CancelIngestionInput!) {
  cancelIngestion(input: $input) {
    __typename
    ... on CancelledIngestion {
      taskCount
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<CancelIngestionMutation, CancelIngestionMutationVariables>;
export const DeleteDocumentDocument = new TypedDocumentString(`
    mutation DeleteDocument($input: DeleteDocumentInput!) {
  deleteDocument(input: $input) {
    __typename
    ... on DeletedDocument {
      deletedId
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteDocumentMutation, DeleteDocumentMutationVariables>;
export const KnowledgeBaseIngestionDocument = new TypedDocumentString(`
    query KnowledgeBaseIngestion($name: String!) {
  knowledgeBase(name: $name) {
    id
    ingestion {
      ...IngestionFigures
    }
  }
}
    fragment DocumentProgressParts on DocumentProgress {
  documentId
  versionNumber
  phase
  done
  total
  percent
  error {
    code
    message
  }
}
fragment IngestionFigures on KnowledgeBaseIngestion {
  total
  waiting
  ready
  failed
  percent
  active {
    ...DocumentProgressParts
  }
}`) as unknown as TypedDocumentString<KnowledgeBaseIngestionQuery, KnowledgeBaseIngestionQueryVariables>;
export const IngestionEventsDocument = new TypedDocumentString(`
    subscription IngestionEvents($knowledgeBase: String, $document: ID, $after: Cursor) {
  ingestionEvents(
    knowledgeBase: $knowledgeBase
    document: $document
    after: $after
  ) {
    __typename
    ... on StreamItem {
      cursor
      fromSequence
      sequence
    }
    ... on IngestionSnapshot {
      knowledgeBase {
        id
        ingestion {
          ...IngestionFigures
        }
      }
      document {
        id
        progress {
          ...DocumentProgressParts
        }
      }
    }
    ... on IngestionChanged {
      documents {
        ...DocumentProgressParts
        document {
          id
          key
          state
        }
      }
    }
    ... on StreamGap {
      missed
      snapshot {
        ... on KnowledgeBase {
          id
          ingestion {
            ...IngestionFigures
          }
        }
        ... on Document {
          id
          progress {
            ...DocumentProgressParts
          }
        }
      }
    }
    ... on StreamEnd {
      reason
    }
  }
}
    fragment DocumentProgressParts on DocumentProgress {
  documentId
  versionNumber
  phase
  done
  total
  percent
  error {
    code
    message
  }
}
fragment IngestionFigures on KnowledgeBaseIngestion {
  total
  waiting
  ready
  failed
  percent
  active {
    ...DocumentProgressParts
  }
}`) as unknown as TypedDocumentString<IngestionEventsSubscription, IngestionEventsSubscriptionVariables>;
export const ReindexKnowledgeBaseDocument = new TypedDocumentString(`
    mutation ReindexKnowledgeBase($input: ReindexKnowledgeBaseInput!, $idempotencyKey: String) {
  reindexKnowledgeBase(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ... on IndexGeneration {
      ...IndexGenerationParts
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment IndexGenerationParts on IndexGeneration {
  id
  number
  state
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  progress {
    done
    total
    percent
  }
  documentCount
  chunkCount
  approximateSearch {
    kind
    isUsed
    recall
    sampleSize
    measuredAt
    indexedShare
    width
  }
  createdAt
  readyAt
  activatedAt
  error {
    code
    message
    retryable
  }
  task {
    id
    state
  }
}`) as unknown as TypedDocumentString<ReindexKnowledgeBaseMutation, ReindexKnowledgeBaseMutationVariables>;
export const ActivateGenerationDocument = new TypedDocumentString(`
    mutation ActivateGeneration($input: IndexGenerationInput!) {
  activateGeneration(input: $input) {
    __typename
    ... on KnowledgeBase {
      ...KnowledgeBaseParts
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    fragment KnowledgeBaseParts on KnowledgeBase {
  id
  tenantId
  name
  description
  embeddingModel {
    id
    version
  }
  chunking {
    method
    maxTokens
    overlapTokens
    withHeadings
  }
  language
  metadataFields {
    name
    kind
  }
  documentCount
  chunkCount
  sizeBytes
  snapshotRetention {
    keep
    maxAgeDays
  }
  createdBy
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<ActivateGenerationMutation, ActivateGenerationMutationVariables>;
export const DeleteGenerationDocument = new TypedDocumentString(`
    mutation DeleteGeneration($input: IndexGenerationInput!) {
  deleteGeneration(input: $input) {
    __typename
    ... on DeletedGeneration {
      deletedId
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteGenerationMutation, DeleteGenerationMutationVariables>;
export const KnowledgeBaseSnapshotsDocument = new TypedDocumentString(`
    query KnowledgeBaseSnapshots($name: String!) {
  knowledgeBase(name: $name) {
    id
    snapshots {
      ...SnapshotParts
    }
  }
}
    fragment SnapshotParts on KnowledgeBaseSnapshot {
  id
  name
  generation {
    number
  }
  documentCount
  chunkCount
  createdBy
  createdAt
}`) as unknown as TypedDocumentString<KnowledgeBaseSnapshotsQuery, KnowledgeBaseSnapshotsQueryVariables>;
export const SnapshotKnowledgeBaseDocument = new TypedDocumentString(`
    mutation SnapshotKnowledgeBase($input: SnapshotInput!) {
  snapshotKnowledgeBase(input: $input) {
    __typename
    ... on KnowledgeBaseSnapshot {
      ...SnapshotParts
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
    fragment SnapshotParts on KnowledgeBaseSnapshot {
  id
  name
  generation {
    number
  }
  documentCount
  chunkCount
  createdBy
  createdAt
}`) as unknown as TypedDocumentString<SnapshotKnowledgeBaseMutation, SnapshotKnowledgeBaseMutationVariables>;
export const RestoreSnapshotDocument = new TypedDocumentString(`
    mutation RestoreSnapshot($input: SnapshotInput!, $idempotencyKey: String) {
  restoreSnapshot(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ... on RestoringSnapshot {
      task {
        id
        state
      }
    }
    ... on Problem {
      code
      message
      retryable
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    `) as unknown as TypedDocumentString<RestoreSnapshotMutation, RestoreSnapshotMutationVariables>;
export const DeleteSnapshotDocument = new TypedDocumentString(`
    mutation DeleteSnapshot($input: SnapshotInput!) {
  deleteSnapshot(input: $input) {
    __typename
    ... on DeletedSnapshot {
      deletedId
    }
    ... on Problem {
      code
      message
      retryable
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteSnapshotMutation, DeleteSnapshotMutationVariables>;
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
export const PredictionTaskDocument = new TypedDocumentString(`
    query PredictionTask($id: ID!) {
  prediction(id: $id) {
    id
    state
    error {
      code
    }
    task {
      id
      type
      queue {
        name
      }
      state
      error {
        code
      }
      input
      output
      progress {
        done
        total
      }
      attempts {
        number
        endedAt
      }
      prediction {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PredictionTaskQuery, PredictionTaskQueryVariables>;
export const TaskPredictionDocument = new TypedDocumentString(`
    query TaskPrediction($id: ID!) {
  task(id: $id) {
    id
    state
    output
    prediction {
      id
      state
      task {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TaskPredictionQuery, TaskPredictionQueryVariables>;
export const PredictBatchDocument = new TypedDocumentString(`
    mutation PredictBatch($inputs: [PredictInput!]!, $priority: Int, $idempotencyKey: String) {
  predictBatch(
    inputs: $inputs
    priority: $priority
    idempotencyKey: $idempotencyKey
  ) {
    __typename
    ... on Task {
      id
      type
      state
      priority
      queue {
        name
      }
    }
    ...ProblemParts
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<PredictBatchMutation, PredictBatchMutationVariables>;
export const PredictionBatchDocument = new TypedDocumentString(`
    query PredictionBatch($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  task(id: $id) {
    id
    state
    output
    progress {
      done
      total
    }
    error {
      code
      message
    }
    batch {
      succeededCount
      failedCount
      usage {
        inputTokens
        outputTokens
      }
      results(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            index
            output {
              __typename
              ... on EmbeddingOutput {
                vectors {
                  index
                  values
                }
              }
              ... on TextOutput {
                text
                toolCalls {
                  id
                }
              }
            }
            error {
              code
              message
              retryable
            }
            finishReason
            usage {
              inputTokens
              outputTokens
            }
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          endCursor
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PredictionBatchQuery, PredictionBatchQueryVariables>;
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
export const ScheduleDocument = new TypedDocumentString(`
    query Schedule($name: String!, $nextRuns: Int = 5) {
  schedule(name: $name) {
    ...ScheduleParts
  }
}
    fragment ScheduleParts on Schedule {
  id
  tenantId
  name
  cron
  timezone
  jitterMs
  paused
  overlap
  catchUp
  catchUpWindowMs
  input
  task {
    type
    queue
    priority
    timeoutMs
    attemptLimit
    backoff {
      ...TaskBackoffParts
    }
    concurrency {
      key
      limit
      rate {
        count
        perMs
      }
    }
    expiresAfterMs
  }
  nextRuns(first: $nextRuns) {
    dueAt
    firesAt
  }
  lastDueAt
  lastRun {
    ...ScheduleRunParts
  }
  skipped {
    reason
    count
    lastDueAt
    lastMessage
  }
  createdBy
  createdAt
  updatedAt
}
fragment ScheduleRunParts on Task {
  id
  state
  createdAt
  scheduleDueAt
  schedule {
    id
    name
  }
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}`) as unknown as TypedDocumentString<ScheduleQuery, ScheduleQueryVariables>;
export const ScheduleRunsDocument = new TypedDocumentString(`
    query ScheduleRuns($name: String!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  schedule(name: $name) {
    id
    runs(first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...ScheduleRunParts
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment ScheduleRunParts on Task {
  id
  state
  createdAt
  scheduleDueAt
  schedule {
    id
    name
  }
}`) as unknown as TypedDocumentString<ScheduleRunsQuery, ScheduleRunsQueryVariables>;
export const SchedulesDocument = new TypedDocumentString(`
    query Schedules($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  schedules(first: $first, after: $after, last: $last, before: $before) {
    nodes {
      id
      name
      cron
      timezone
      paused
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<SchedulesQuery, SchedulesQueryVariables>;
export const UpsertScheduleDocument = new TypedDocumentString(`
    mutation UpsertSchedule($input: UpsertScheduleInput!, $nextRuns: Int = 5) {
  upsertSchedule(input: $input) {
    __typename
    ... on Schedule {
      ...ScheduleParts
    }
    ... on Problem {
      code
      message
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment ScheduleParts on Schedule {
  id
  tenantId
  name
  cron
  timezone
  jitterMs
  paused
  overlap
  catchUp
  catchUpWindowMs
  input
  task {
    type
    queue
    priority
    timeoutMs
    attemptLimit
    backoff {
      ...TaskBackoffParts
    }
    concurrency {
      key
      limit
      rate {
        count
        perMs
      }
    }
    expiresAfterMs
  }
  nextRuns(first: $nextRuns) {
    dueAt
    firesAt
  }
  lastDueAt
  lastRun {
    ...ScheduleRunParts
  }
  skipped {
    reason
    count
    lastDueAt
    lastMessage
  }
  createdBy
  createdAt
  updatedAt
}
fragment ScheduleRunParts on Task {
  id
  state
  createdAt
  scheduleDueAt
  schedule {
    id
    name
  }
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}`) as unknown as TypedDocumentString<UpsertScheduleMutation, UpsertScheduleMutationVariables>;
export const DeleteScheduleDocument = new TypedDocumentString(`
    mutation DeleteSchedule($input: DeleteScheduleInput!) {
  deleteSchedule(input: $input) {
    __typename
    ... on DeletedSchedule {
      deletedId
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteScheduleMutation, DeleteScheduleMutationVariables>;
export const PauseScheduleDocument = new TypedDocumentString(`
    mutation PauseSchedule($input: PauseScheduleInput!) {
  pauseSchedule(input: $input) {
    __typename
    ... on Schedule {
      id
      name
      paused
      nextRuns {
        dueAt
      }
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<PauseScheduleMutation, PauseScheduleMutationVariables>;
export const ResumeScheduleDocument = new TypedDocumentString(`
    mutation ResumeSchedule($input: ResumeScheduleInput!) {
  resumeSchedule(input: $input) {
    __typename
    ... on Schedule {
      id
      name
      paused
      nextRuns {
        dueAt
      }
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ResumeScheduleMutation, ResumeScheduleMutationVariables>;
export const RunScheduleNowDocument = new TypedDocumentString(`
    mutation RunScheduleNow($input: RunScheduleNowInput!, $idempotencyKey: String) {
  runScheduleNow(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ... on Task {
      ...ScheduleRunParts
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
    fragment ScheduleRunParts on Task {
  id
  state
  createdAt
  scheduleDueAt
  schedule {
    id
    name
  }
}`) as unknown as TypedDocumentString<RunScheduleNowMutation, RunScheduleNowMutationVariables>;
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
export const SigningSecretsDocument = new TypedDocumentString(`
    query SigningSecrets {
  signingSecrets
}
    `) as unknown as TypedDocumentString<SigningSecretsQuery, SigningSecretsQueryVariables>;
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
export const TaskGraphDocument = new TypedDocumentString(`
    query TaskGraph($id: ID!, $first: Int = 100, $after: Cursor) {
  taskGraph(id: $id) {
    ...TaskGraphParts
    tasks(first: $first, after: $after) {
      nodes {
        ...TaskStatusParts
        name
        parentCount
        childCount
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    fragment TaskGraphParts on TaskGraph {
  id
  taskCount
  linkCount
  idempotencyKey
  createdBy
  createdAt
  states {
    state
    count
  }
  rerunOf {
    id
  }
}
fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}`) as unknown as TypedDocumentString<TaskGraphQuery, TaskGraphQueryVariables>;
export const TaskDependenciesDocument = new TypedDocumentString(`
    query TaskDependencies($id: ID!, $first: Int = 100, $parentsAfter: Cursor, $childrenAfter: Cursor) {
  task(id: $id) {
    ...TaskStatusParts
    name
    graph {
      id
    }
    parents(first: $first, after: $parentsAfter) {
      nodes {
        ...TaskDependencyParts
        parent {
          ...TaskStatusParts
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    children(first: $first, after: $childrenAfter) {
      nodes {
        ...TaskDependencyParts
        child {
          ...TaskStatusParts
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment TaskDependencyParts on TaskDependency {
  parentId
  parentName
  childId
  onFailure
}
fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}`) as unknown as TypedDocumentString<TaskDependenciesQuery, TaskDependenciesQueryVariables>;
export const EnqueueTaskGraphDocument = new TypedDocumentString(`
    mutation EnqueueTaskGraph($input: EnqueueTaskGraphInput!, $idempotencyKey: String) {
  enqueueTaskGraph(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ...TaskGraphParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
    ... on TaskGraphCycle {
      path
      names
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskGraphParts on TaskGraph {
  id
  taskCount
  linkCount
  idempotencyKey
  createdBy
  createdAt
  states {
    state
    count
  }
  rerunOf {
    id
  }
}`) as unknown as TypedDocumentString<EnqueueTaskGraphMutation, EnqueueTaskGraphMutationVariables>;
export const RerunTaskGraphDocument = new TypedDocumentString(`
    mutation RerunTaskGraph($input: RerunTaskGraphInput!) {
  rerunTaskGraph(input: $input) {
    __typename
    ...TaskGraphParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskGraphParts on TaskGraph {
  id
  taskCount
  linkCount
  idempotencyKey
  createdBy
  createdAt
  states {
    state
    count
  }
  rerunOf {
    id
  }
}`) as unknown as TypedDocumentString<RerunTaskGraphMutation, RerunTaskGraphMutationVariables>;
export const TaskEventsWithChildrenDocument = new TypedDocumentString(`
    subscription TaskEventsWithChildren($id: ID!, $after: Cursor) {
  taskEvents(id: $id, after: $after, children: true) {
    __typename
    ... on StreamItem {
      cursor
      fromSequence
      sequence
      at
    }
    ... on TaskSnapshot {
      task {
        ...TaskStatusParts
      }
    }
    ... on TaskChanged {
      task {
        ...TaskStatusParts
      }
    }
    ... on TaskChildren {
      states {
        state
        count
      }
      changed {
        ...TaskStatusParts
        name
      }
    }
    ... on StreamGap {
      missed
      firstAvailable
    }
    ... on StreamEnd {
      reason
    }
  }
}
    fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}`) as unknown as TypedDocumentString<TaskEventsWithChildrenSubscription, TaskEventsWithChildrenSubscriptionVariables>;
export const TaskDocument = new TypedDocumentString(`
    query Task($id: ID!) {
  task(id: $id) {
    webhook {
      url
      delivery {
        id
        state
        attempts {
          number
          startedAt
          error {
            code
            message
          }
        }
      }
    }
    trace {
      traceId
      spans {
        attempt
        name
        startedAt
        durationMs
        failed
      }
    }
    ...TaskParts
  }
}
    fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}
fragment TaskParts on Task {
  ...TaskStatusParts
  tenantId
  queue {
    id
    name
  }
  input
  output
  attempts {
    number
    workerId
    worker {
      id
      host
    }
    startedAt
    endedAt
    error {
      ...TaskErrorParts
    }
    nextAttemptAt
  }
  attemptLimit
  backoff {
    ...TaskBackoffParts
  }
  expiresAt
  timeoutMs
  concurrency {
    key
    limit
    rate {
      count
      perMs
    }
  }
  dedupe {
    key
    mode
  }
  idempotencyKey
  isDeadLetter
  queuePosition
  etaMs
  retryOf {
    id
  }
  retriedAs {
    id
  }
  traceId
  createdBy
  createdAt
  updatedAt
  queuedAt
}`) as unknown as TypedDocumentString<TaskQuery, TaskQueryVariables>;
export const TaskLogsDocument = new TypedDocumentString(`
    query TaskLogs($id: ID!, $first: Int = 100, $after: Cursor) {
  task(id: $id) {
    id
    logs(first: $first, after: $after) {
      nodes {
        attempt
        at
        text
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TaskLogsQuery, TaskLogsQueryVariables>;
export const TasksDocument = new TypedDocumentString(`
    query Tasks($first: Int, $after: Cursor, $last: Int, $before: Cursor, $filter: TaskFilterInput, $orderBy: TaskOrder = CREATED_AT_DESC) {
  tasks(
    first: $first
    after: $after
    last: $last
    before: $before
    filter: $filter
    orderBy: $orderBy
  ) {
    nodes {
      ...TaskStatusParts
      createdAt
      queuePosition
      etaMs
      queue {
        ...TaskQueueParts
      }
      retryOf {
        id
        state
      }
      retriedAs {
        id
        state
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
    fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}
fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<TasksQuery, TasksQueryVariables>;
export const TaskTypesDocument = new TypedDocumentString(`
    query TaskTypes {
  taskTypes {
    name
    description
    queue {
      id
      name
    }
    inputSchema
    outputSchema
    defaults {
      attemptLimit
      backoff {
        ...TaskBackoffParts
      }
      timeoutMs
    }
  }
}
    fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}`) as unknown as TypedDocumentString<TaskTypesQuery, TaskTypesQueryVariables>;
export const TaskQueueDocument = new TypedDocumentString(`
    query TaskQueue($name: String!) {
  taskQueue(name: $name) {
    ...TaskQueueParts
  }
}
    fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<TaskQueueQuery, TaskQueueQueryVariables>;
export const TaskQueuesDocument = new TypedDocumentString(`
    query TaskQueues {
  taskQueues {
    ...TaskQueueParts
  }
}
    fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<TaskQueuesQuery, TaskQueuesQueryVariables>;
export const EnqueueTaskDocument = new TypedDocumentString(`
    mutation EnqueueTask($input: EnqueueTaskInput!, $idempotencyKey: String) {
  enqueueTask(input: $input, idempotencyKey: $idempotencyKey) {
    __typename
    ...TaskParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}
fragment TaskParts on Task {
  ...TaskStatusParts
  tenantId
  queue {
    id
    name
  }
  input
  output
  attempts {
    number
    workerId
    worker {
      id
      host
    }
    startedAt
    endedAt
    error {
      ...TaskErrorParts
    }
    nextAttemptAt
  }
  attemptLimit
  backoff {
    ...TaskBackoffParts
  }
  expiresAt
  timeoutMs
  concurrency {
    key
    limit
    rate {
      count
      perMs
    }
  }
  dedupe {
    key
    mode
  }
  idempotencyKey
  isDeadLetter
  queuePosition
  etaMs
  retryOf {
    id
  }
  retriedAs {
    id
  }
  traceId
  createdBy
  createdAt
  updatedAt
  queuedAt
}`) as unknown as TypedDocumentString<EnqueueTaskMutation, EnqueueTaskMutationVariables>;
export const CancelTaskDocument = new TypedDocumentString(`
    mutation CancelTask($input: CancelTaskInput!) {
  cancelTask(input: $input) {
    __typename
    ...TaskStatusParts
    ...ProblemParts
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}`) as unknown as TypedDocumentString<CancelTaskMutation, CancelTaskMutationVariables>;
export const RetryTaskDocument = new TypedDocumentString(`
    mutation RetryTask($input: RetryTaskInput!) {
  retryTask(input: $input) {
    __typename
    ...TaskParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}
fragment TaskParts on Task {
  ...TaskStatusParts
  tenantId
  queue {
    id
    name
  }
  input
  output
  attempts {
    number
    workerId
    worker {
      id
      host
    }
    startedAt
    endedAt
    error {
      ...TaskErrorParts
    }
    nextAttemptAt
  }
  attemptLimit
  backoff {
    ...TaskBackoffParts
  }
  expiresAt
  timeoutMs
  concurrency {
    key
    limit
    rate {
      count
      perMs
    }
  }
  dedupe {
    key
    mode
  }
  idempotencyKey
  isDeadLetter
  queuePosition
  etaMs
  retryOf {
    id
  }
  retriedAs {
    id
  }
  traceId
  createdBy
  createdAt
  updatedAt
  queuedAt
}`) as unknown as TypedDocumentString<RetryTaskMutation, RetryTaskMutationVariables>;
export const SetTaskPriorityDocument = new TypedDocumentString(`
    mutation SetTaskPriority($input: SetTaskPriorityInput!) {
  setTaskPriority(input: $input) {
    __typename
    ...TaskStatusParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}`) as unknown as TypedDocumentString<SetTaskPriorityMutation, SetTaskPriorityMutationVariables>;
export const RescheduleTaskDocument = new TypedDocumentString(`
    mutation RescheduleTask($input: RescheduleTaskInput!) {
  rescheduleTask(input: $input) {
    __typename
    ...TaskStatusParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}`) as unknown as TypedDocumentString<RescheduleTaskMutation, RescheduleTaskMutationVariables>;
export const DeleteTaskDocument = new TypedDocumentString(`
    mutation DeleteTask($input: DeleteTaskInput!) {
  deleteTask(input: $input) {
    __typename
    ... on DeletedTask {
      deletedId
    }
    ...ProblemParts
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<DeleteTaskMutation, DeleteTaskMutationVariables>;
export const RequeueDeadLettersDocument = new TypedDocumentString(`
    mutation RequeueDeadLetters($input: RequeueDeadLettersInput!) {
  requeueDeadLetters(input: $input) {
    __typename
    ... on RequeuedDeadLetters {
      taskIds
      count
      hasMore
    }
    ...ProblemParts
    ... on InvalidInput {
      path
    }
    ... on Overloaded {
      retryAfterMs
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<RequeueDeadLettersMutation, RequeueDeadLettersMutationVariables>;
export const UpdateTaskQueueDocument = new TypedDocumentString(`
    mutation UpdateTaskQueue($input: UpdateTaskQueueInput!) {
  updateTaskQueue(input: $input) {
    __typename
    ...TaskQueueParts
    ...ProblemParts
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<UpdateTaskQueueMutation, UpdateTaskQueueMutationVariables>;
export const PauseTaskQueueDocument = new TypedDocumentString(`
    mutation PauseTaskQueue($input: PauseTaskQueueInput!) {
  pauseTaskQueue(input: $input) {
    __typename
    ...TaskQueueParts
    ...ProblemParts
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<PauseTaskQueueMutation, PauseTaskQueueMutationVariables>;
export const ResumeTaskQueueDocument = new TypedDocumentString(`
    mutation ResumeTaskQueue($input: ResumeTaskQueueInput!) {
  resumeTaskQueue(input: $input) {
    __typename
    ...TaskQueueParts
    ...ProblemParts
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}
fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<ResumeTaskQueueMutation, ResumeTaskQueueMutationVariables>;
export const TaskEventsDocument = new TypedDocumentString(`
    subscription TaskEvents($id: ID!, $after: Cursor) {
  taskEvents(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
      fromSequence
      sequence
      at
    }
    ... on TaskSnapshot {
      task {
        ...TaskParts
      }
    }
    ... on TaskChanged {
      task {
        ...TaskParts
      }
    }
    ... on TaskLogged {
      attempt
      lines
    }
    ... on TaskDeduplicated {
      mode
    }
    ... on TaskPosition {
      queuePosition
      etaMs
    }
    ... on StreamGap {
      missed
      firstAvailable
      snapshot {
        __typename
        id
        ... on Task {
          ...TaskStatusParts
        }
      }
    }
    ... on StreamEnd {
      reason
    }
  }
}
    fragment TaskErrorParts on ErrorInfo {
  code
  message
  retryable
  errorId
}
fragment TaskBackoffParts on TaskBackoff {
  initialMs
  factor
  maxMs
  jitter
}
fragment TaskStatusParts on Task {
  id
  type
  state
  stateReason
  priority
  attempt
  failures
  runAt
  startedAt
  endedAt
  progress {
    done
    total
    message
  }
  error {
    ...TaskErrorParts
  }
}
fragment TaskParts on Task {
  ...TaskStatusParts
  tenantId
  queue {
    id
    name
  }
  input
  output
  attempts {
    number
    workerId
    worker {
      id
      host
    }
    startedAt
    endedAt
    error {
      ...TaskErrorParts
    }
    nextAttemptAt
  }
  attemptLimit
  backoff {
    ...TaskBackoffParts
  }
  expiresAt
  timeoutMs
  concurrency {
    key
    limit
    rate {
      count
      perMs
    }
  }
  dedupe {
    key
    mode
  }
  idempotencyKey
  isDeadLetter
  queuePosition
  etaMs
  retryOf {
    id
  }
  retriedAs {
    id
  }
  traceId
  createdBy
  createdAt
  updatedAt
  queuedAt
}`) as unknown as TypedDocumentString<TaskEventsSubscription, TaskEventsSubscriptionVariables>;
export const TaskQueueEventsDocument = new TypedDocumentString(`
    subscription TaskQueueEvents($name: String!, $everyMs: Int!) {
  taskQueueEvents(name: $name, everyMs: $everyMs) {
    ...TaskQueueParts
  }
}
    fragment TaskQueueParts on TaskQueue {
  id
  name
  paused
  concurrency
  maxLength
  weights {
    tenantId
    weight
  }
  length
  readyCount
  runningCount
  oldestWaitMs
  throughputPerSecond
  deadLetters
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<TaskQueueEventsSubscription, TaskQueueEventsSubscriptionVariables>;
export const CreateUploadDocument = new TypedDocumentString(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    ... on CreatedUpload {
      uploadPath
      upload {
        ...UploadParts
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
    fragment UploadParts on Upload {
  id
  state
  name
  mediaType
  sizeBytes
  receivedBytes
  sha256
  expiresAt
}`) as unknown as TypedDocumentString<CreateUploadMutation, CreateUploadMutationVariables>;
export const FindUploadDocument = new TypedDocumentString(`
    query FindUpload($id: ID!) {
  node(id: $id) {
    ... on Upload {
      ...UploadParts
    }
  }
}
    fragment UploadParts on Upload {
  id
  state
  name
  mediaType
  sizeBytes
  receivedBytes
  sha256
  expiresAt
}`) as unknown as TypedDocumentString<FindUploadQuery, FindUploadQueryVariables>;
export const WorkersDocument = new TypedDocumentString(`
    query Workers($first: Int = 20, $after: Cursor) {
  workers(first: $first, after: $after) {
    nodes {
      id
      name
      host
      pid
      types
      state
      createdAt
      lastHeartbeatAt
      leaseMs
      running {
        id
        state
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<WorkersQuery, WorkersQueryVariables>;
export const ClaimTasksDocument = new TypedDocumentString(`
    mutation ClaimTasks($input: ClaimTasksInput!) {
  claimTasks(input: $input) {
    __typename
    ... on ClaimedTasks {
      tasks {
        token
        leaseUntil
        task {
          id
          type
          tenantId
          input
          attempt
          timeoutMs
          state
        }
      }
    }
    ... on Problem {
      ...ProblemParts
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<ClaimTasksMutation, ClaimTasksMutationVariables>;
export const HeartbeatTaskDocument = new TypedDocumentString(`
    mutation HeartbeatTask($input: HeartbeatTaskInput!) {
  heartbeatTask(input: $input) {
    __typename
    ... on TaskClaimStates {
      claims {
        id
        isLost
        isCancelled
      }
    }
    ... on Problem {
      ...ProblemParts
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<HeartbeatTaskMutation, HeartbeatTaskMutationVariables>;
export const ReportTaskProgressDocument = new TypedDocumentString(`
    mutation ReportTaskProgress($input: ReportTaskProgressInput!) {
  reportTaskProgress(input: $input) {
    __typename
    ... on Task {
      id
      state
      progress {
        done
        total
        message
      }
    }
    ... on Problem {
      ...ProblemParts
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<ReportTaskProgressMutation, ReportTaskProgressMutationVariables>;
export const CompleteTaskDocument = new TypedDocumentString(`
    mutation CompleteTask($input: CompleteTaskInput!) {
  completeTask(input: $input) {
    __typename
    ... on Task {
      id
      state
      output
    }
    ... on Problem {
      ...ProblemParts
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<CompleteTaskMutation, CompleteTaskMutationVariables>;
export const FailTaskDocument = new TypedDocumentString(`
    mutation FailTask($input: FailTaskInput!) {
  failTask(input: $input) {
    __typename
    ... on Task {
      id
      state
    }
    ... on Problem {
      ...ProblemParts
    }
    ... on InvalidInput {
      path
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<FailTaskMutation, FailTaskMutationVariables>;
export const ReleaseTaskDocument = new TypedDocumentString(`
    mutation ReleaseTask($input: ReleaseTaskInput!) {
  releaseTask(input: $input) {
    __typename
    ... on Task {
      id
      state
    }
    ... on Problem {
      ...ProblemParts
    }
  }
}
    fragment ProblemParts on Problem {
  code
  message
  retryable
}`) as unknown as TypedDocumentString<ReleaseTaskMutation, ReleaseTaskMutationVariables>;