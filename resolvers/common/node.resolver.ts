import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import { parseIdKind } from '../../src/kernel/ids.js'
import { invalidInput } from '../../src/kernel/errors.js'
import { parseChunkId, parseGenerationId } from '../../src/domain/knowledge.js'
import type { GraphContext } from '../context.js'
import { Node } from './node.interface.js'

const MAX_IDS = 100

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'The object with this id, or null.' })
  node(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Any id that the server gave out.' }) id: string,
  ) {
    return loadNode(context, id)
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'The objects with these ids, in their order; null for each that is not there.',
  })
  nodes(
    @Ctx() context: GraphContext,
    @Arg('ids', () => [ID], { description: `At most ${MAX_IDS} ids.` }) ids: string[],
  ) {
    if (ids.length > MAX_IDS) throw invalidInput('ids', `has ${ids.length} ids; at most ${MAX_IDS} are allowed.`)
    return ids.map((id) => loadNode(context, id))
  }
}

function loadNode(context: GraphContext, id: string): Promise<object | null> {
  const { loaders, services } = context
  switch (parseIdKind(id)) {
    case 'prediction':
      return loaders.predictions.load(id)
    case 'model':
      return loaders.models.load(id)
    case 'modelVersion':
      return loaders.modelVersions.load(id)
    case 'task':
      return loaders.tasks.load(id)
    case 'taskQueue':
      return loaders.taskQueues.load(id)
    case 'worker':
      return loaders.workers.load(id)
    case 'taskGraph':
      return loaders.taskGraphs.load(id)
    case 'upload':
      return loaders.uploads.load(id)
    case 'schedule':
      return loaders.schedules.load(id)
    case 'knowledgeBase':
      return loaders.knowledgeBases.load(id)
    case 'generation':
      return loadGeneration(id, context)
    case 'snapshot':
      return services.knowledgeSnapshots.get(context.principal, id)
    case 'document':
      return loaders.documents.load(id)
    case 'documentVersion':
      return loaders.documentVersions.load(id)
    case 'answer':
      return loaders.answers.load(id)
    case 'evaluation':
      return loaders.evaluations.load(id)
    case 'chunk':
      return loadChunk(id, { loaders, services })
    default:
      return Promise.resolve(null)
  }
}

async function loadChunk(id: string, { loaders, services }: Pick<GraphContext, 'loaders' | 'services'>) {
  const { versionId, generation, ordinal } = parseChunkId(id)
  const version = await loaders.documentVersions.load(versionId)
  return (version && (await services.knowledgeDocuments.readChunks(version, generation))[ordinal]) ?? null
}

async function loadGeneration(id: string, { loaders, services, principal }: GraphContext) {
  const { knowledgeBaseId, number } = parseGenerationId(id)
  const base = await loaders.knowledgeBases.load(knowledgeBaseId)
  return base && services.knowledgeGenerations.get(principal, base, number)
}
