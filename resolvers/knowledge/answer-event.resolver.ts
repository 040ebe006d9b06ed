import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { GraphContext } from '../context.js'
import { Answer, AnswerSentenceType, CitationType, type AnswerRoot } from './answer.type.js'
import {
  AnswerChanged,
  AnswerCitationAdded,
  AnswerHitsFound,
  AnswerSentenceChecked,
  AnswerSnapshotType,
  AnswerTextDelta,
} from './answer.union.js'

@Resolver(() => AnswerSnapshotType)
export class AnswerSnapshotResolver {
  @FieldResolver(() => Answer, { description: 'The answer as of `sequence`.' })
  answer(@Root() item: AnswerSnapshotType): AnswerRoot {
    return item.snapshot
  }
}

@Resolver(() => AnswerHitsFound)
export class AnswerHitsFoundResolver {
  @FieldResolver(() => Answer, { description: 'The answer, with its `hits`.' })
  answer(@Root() item: AnswerHitsFound): AnswerRoot {
    return { ...item.event.status, asOfSequence: item.sequence }
  }
}

@Resolver(() => AnswerChanged)
export class AnswerChangedResolver {
  @FieldResolver(() => Answer, { description: 'The answer after the change.' })
  answer(@Root() item: AnswerChanged): AnswerRoot {
    return { ...item.event.status, asOfSequence: item.sequence }
  }
}

@Resolver(() => AnswerTextDelta)
export class AnswerTextDeltaResolver {
  @FieldResolver(() => String, { description: 'The text that is new; empty where the answer is kept from you.' })
  async text(@Root() { event }: AnswerTextDelta, @Ctx() context: GraphContext): Promise<string> {
    return (await isReadable(event.answerId, context)) ? event.text : ''
  }
}

@Resolver(() => AnswerCitationAdded)
export class AnswerCitationAddedResolver {
  @FieldResolver(() => CitationType, {
    nullable: true,
    description: 'The citation; null where its document is gone, or is not for you any more.',
  })
  async citation(@Root() { event }: AnswerCitationAdded, @Ctx() context: GraphContext): Promise<object | null> {
    const { services, principal } = context
    if (!(await isReadable(event.answerId, context))) return null
    return (await services.answers.readCitations(principal, [event.citation]))[0] ?? null
  }
}

@Resolver(() => AnswerSentenceChecked)
export class AnswerSentenceCheckedResolver {
  @FieldResolver(() => AnswerSentenceType, { description: 'The sentence.' })
  sentence(@Root() { event }: AnswerSentenceChecked): object {
    return event.sentence
  }
}

async function isReadable(answerId: string, { loaders, services, principal }: GraphContext): Promise<boolean> {
  const answer = await loaders.answers.load(answerId)
  return answer !== null && services.answers.isReadable(principal, answer)
}
