import 'reflect-metadata'
import { GraphQLInputObjectType, type GraphQLSchema } from 'graphql'
import { buildSchemaSync, getMetadataStorage, type PubSub } from 'type-graphql'
import { NodeResolver } from './common/node.resolver.js'
import {
  AnswerChangedResolver,
  AnswerCitationAddedResolver,
  AnswerHitsFoundResolver,
  AnswerSentenceCheckedResolver,
  AnswerSnapshotResolver,
  AnswerTextDeltaResolver,
} from './knowledge/answer-event.resolver.js'
import { AnswerResolver } from './knowledge/answer.resolver.js'
import { DocumentChangesResolver } from './knowledge/document-changes.resolver.js'
import { ChunkResolver, DocumentResolver, DocumentVersionResolver } from './knowledge/document.resolver.js'
import { IndexGenerationResolver, KnowledgeBaseGenerationsResolver } from './knowledge/generation.resolver.js'
import { EvaluationResolver, QueryEvaluationResolver } from './knowledge/evaluation.resolver.js'
import {
  BaseIngestionPercentResolver,
  DocumentIngestionResolver,
  DocumentProgressResolver,
  IngestionChangedResolver,
  IngestionSnapshotResolver,
  KnowledgeBaseIngestionResolver,
} from './knowledge/ingestion.resolver.js'
import { KnowledgeBaseResolver } from './knowledge/knowledge-base.resolver.js'
import { KnowledgeBaseSnapshotResolver, KnowledgeBaseSnapshotsResolver } from './knowledge/snapshot.resolver.js'
import { SearchHitResolver, SearchResolver } from './knowledge/search.resolver.js'
import { ModelMetricsResolver } from './models/model-metrics.resolver.js'
import { ModelTraitsResolver } from './models/model-traits.resolver.js'
import { AliasSettingResolver, ModelAliasResolver } from './models/model-alias.resolver.js'
import { LoadProgressResolver, ModelVersionResolver } from './models/model-version.resolver.js'
import { ModelResolver } from './models/model.resolver.js'
import {
  ClassificationOutputResolver,
  EmbeddingOutputResolver,
  OutputTensorResolver,
} from './predictions/prediction-output.resolver.js'
import { BatchResultResolver, PredictionBatchResolver } from './predictions/prediction-batch.resolver.js'
import { PredictionTaskResolver } from './predictions/prediction-task.resolver.js'
import { TextChoiceResolver, TextOutputResolver } from './predictions/text-output.resolver.js'
import {
  PredictionChangedResolver,
  PredictionResolver,
  PredictionSnapshotResolver,
  TokensDeltaResolver,
} from './predictions/prediction.resolver.js'
import { DeadlineExceeded } from './predictions/prediction.union.js'
import { UploadResolver } from './knowledge/upload.resolver.js'
import { ServerResolver } from './server/server.resolver.js'
import {
  TaskChangedResolver,
  TaskChildrenResolver,
  TaskDeduplicatedResolver,
  TaskEventResolver,
  TaskLoggedResolver,
} from './tasks/task-event.resolver.js'
import { ScheduleMutationResolver } from './tasks/schedule-mutation.resolver.js'
import { ScheduleResolver, TaskScheduleResolver } from './tasks/schedule.resolver.js'
import { GraphTaskResolver, TaskDependencyResolver, TaskGraphResolver } from './tasks/task-graph.resolver.js'
import { SigningSecretsResolver } from './tasks/signing-secrets.resolver.js'
import { TaskMutationResolver } from './tasks/task-mutation.resolver.js'
import { TaskPredictionResolver } from './tasks/task-prediction.resolver.js'
import { TaskQueueResolver } from './tasks/task-queue.resolver.js'
import { TaskTypeResolver } from './tasks/task-type.resolver.js'
import { AttemptResolver, TaskResolver } from './tasks/task.resolver.js'
import { TaskWebhookResolver } from './tasks/task-webhook.resolver.js'
import { WorkerResolver } from './tasks/worker.resolver.js'

/** Input types of which exactly one field is given; type-graphql has no notation for it. */
const ONE_OF_INPUTS = [
  'PredictInput',
  'OutputConstraintInput',
  'ModelSourceInput',
  'ToolChoiceInput',
  'MetadataFilterInput',
  'EvaluationQueriesInput',
  'JudgementsInput',
]

/** type-graphql makes the root types without a description. */
const ROOT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  Query: 'What can be read.',
  Mutation: 'What can be changed or started; the fields of one operation run one after the other.',
  Subscription:
    'What can be followed. A field gives a stream of items with cursors to go on from, or figures of the present, each item whole.',
}

const refuseTopics = (): never => {
  throw new Error('Subscriptions have sources of their own; there are no topics.')
}

/** type-graphql wants one, although every subscription names its own source. */
const NO_TOPICS: PubSub = { publish: refuseTopics, subscribe: refuseTopics }

const RESOLVERS = [
  NodeResolver,
  ModelResolver,
  ModelAliasResolver,
  AliasSettingResolver,
  LoadProgressResolver,
  ModelVersionResolver,
  ModelTraitsResolver,
  ModelMetricsResolver,
  PredictionResolver,
  PredictionTaskResolver,
  PredictionBatchResolver,
  BatchResultResolver,
  TextOutputResolver,
  TextChoiceResolver,
  EmbeddingOutputResolver,
  ClassificationOutputResolver,
  OutputTensorResolver,
  PredictionSnapshotResolver,
  PredictionChangedResolver,
  TokensDeltaResolver,
  TaskResolver,
  TaskWebhookResolver,
  SigningSecretsResolver,
  AttemptResolver,
  TaskPredictionResolver,
  TaskMutationResolver,
  TaskEventResolver,
  TaskChangedResolver,
  TaskLoggedResolver,
  TaskDeduplicatedResolver,
  TaskChildrenResolver,
  TaskTypeResolver,
  TaskQueueResolver,
  WorkerResolver,
  TaskGraphResolver,
  TaskDependencyResolver,
  GraphTaskResolver,
  ScheduleResolver,
  ScheduleMutationResolver,
  TaskScheduleResolver,
  KnowledgeBaseResolver,
  KnowledgeBaseIngestionResolver,
  BaseIngestionPercentResolver,
  DocumentIngestionResolver,
  DocumentProgressResolver,
  IngestionSnapshotResolver,
  IngestionChangedResolver,
  KnowledgeBaseGenerationsResolver,
  IndexGenerationResolver,
  KnowledgeBaseSnapshotsResolver,
  KnowledgeBaseSnapshotResolver,
  DocumentResolver,
  DocumentChangesResolver,
  DocumentVersionResolver,
  ChunkResolver,
  SearchHitResolver,
  SearchResolver,
  AnswerResolver,
  AnswerSnapshotResolver,
  AnswerHitsFoundResolver,
  AnswerTextDeltaResolver,
  AnswerCitationAddedResolver,
  AnswerSentenceCheckedResolver,
  AnswerChangedResolver,
  EvaluationResolver,
  QueryEvaluationResolver,
  UploadResolver,
  ServerResolver,
] as const

/** The whole API as an executable schema. */
export function buildGraphSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: RESOLVERS,
    orphanedTypes: [DeadlineExceeded],
    validate: false,
    pubSub: NO_TOPICS,
  })
  takeInputsAsTheyAre()
  for (const [name, description] of Object.entries(ROOT_DESCRIPTIONS)) {
    const type = schema.getType(name)
    if (type) type.description = description
  }
  for (const name of ONE_OF_INPUTS) {
    const type = schema.getType(name)
    if (type instanceof GraphQLInputObjectType) type.isOneOf = true
  }
  return schema
}

/**
 * Resolvers get inputs as GraphQL has checked them. type-graphql would copy each, field by field, into an instance of its
 * class, which has no behaviour here; each build of a schema begins with what the decorators say.
 */
function takeInputsAsTheyAre(): void {
  const { queries, mutations, fieldResolvers } = getMetadataStorage()
  for (const method of [...queries, ...mutations, ...fieldResolvers]) {
    const params = method.params?.map((param): typeof param => {
      if (param.kind === 'args') return { ...param, kind: 'custom', options: {}, resolver: ({ args }) => args }
      if (param.kind === 'arg')
        return { ...param, kind: 'custom', options: {}, resolver: ({ args }) => args[param.name] as unknown }
      return param
    })
    if (params) method.params = params
  }
}

export { createContextFactory } from './context.js'
