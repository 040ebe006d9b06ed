import {
  defaultFieldResolver,
  getDirectiveValues,
  GraphQLDirective,
  GraphQLInt,
  DirectiveLocation,
  GraphQLObjectType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql'
import { getGraphQLRateLimiter, type Identity } from 'graphql-rate-limit'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { GraphloomError } from '../kernel/errors.js'
import type { RateLimits } from '../domain/limits.js'
import type { Principal } from '../domain/principal.js'

/** For schemas that are written as text. */
export const RATE_LIMIT_DIRECTIVE = 'directive @rateLimit(max: Int, windowMs: Int) on FIELD_DEFINITION'

const MINUTE_MS = 60_000
const SETTING = 'GRAPHLOOM_RATE_LIMIT_PER_MINUTE'
const QUERY_SETTING = 'GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE'
const directive = new GraphQLDirective({
  name: 'rateLimit',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { max: { type: GraphQLInt }, windowMs: { type: GraphQLInt } },
})

interface Budget {
  readonly max: number
  readonly windowMs: number
  /** Fields of one name share the budget. */
  readonly name: string
}

interface Caller {
  readonly principal: Principal
}

/**
 * Limits the fields that carry `@rateLimit`: every call counts, aliases too. Bare ones share a configured budget of the
 * caller, queries one and mutations another; `@rateLimit(max: 10, windowMs: 1000)` gives a field its own.
 */
export function applyRateLimits(schema: GraphQLSchema, limits: RateLimits): void {
  const counters = new Map<number, RateLimiterMemory>()
  const counterOf = (windowMs: number): RateLimiterMemory => {
    let counter = counters.get(windowMs)
    if (!counter) {
      counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: windowMs / 1_000 })
      counters.set(windowMs, counter)
    }
    return counter
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(type instanceof GraphQLObjectType)) continue
    const shared =
      type === schema.getQueryType()
        ? { max: limits.queriesPerMinute, name: QUERY_SETTING }
        : { max: limits.perMinute, name: SETTING }
    for (const field of Object.values(type.getFields()) as GraphQLField<unknown, Caller>[]) {
      const values = field.astNode ? getDirectiveValues(directive, field.astNode) : undefined
      if (!values) continue
      const max = values['max'] as number | undefined
      const windowMs = (values['windowMs'] as number | undefined) ?? MINUTE_MS
      const budget = max === undefined ? shared : { max, name: `${type.name}.${field.name}` }
      limitField(field, { ...budget, windowMs }, counterOf(windowMs))
    }
  }
}

/**
 * graphql-rate-limit asks its store for the calls so far and writes the list back, which two calls at once get past;
 * the store here counts the call when it is asked, and has nothing to write. The library goes through the whole list on
 * each call, so it is asked for a limit of one call, of a list that has one when the budget is spent.
 */
function limitField(field: GraphQLField<unknown, Caller>, budget: Budget, counter: RateLimiterMemory): void {
  const { max, windowMs, name } = budget
  const store = {
    getForIdentity: async ({ contextIdentity }: Identity): Promise<readonly number[]> => {
      const { consumedPoints } = await counter.consume(contextIdentity)
      return consumedPoints > max ? [Date.now()] : []
    },
    setForIdentity: (): void => undefined,
  }
  const identify = ({ principal: { tenantId, subject } }: Caller): string => JSON.stringify([name, tenantId, subject])
  const limiter = getGraphQLRateLimiter({
    store,
    enableBatchRequestCache: false,
    identifyContext: identify,
    formatError: () => 'limited',
  })
  const resolve = field.resolve ?? defaultFieldResolver
  field.resolve = async (parent, args: Record<string, unknown>, context, info) => {
    const refused = await limiter({ parent, args, context, info }, { max: 1, window: `${windowMs}ms` })
    if (refused === undefined) return resolve(parent, args, context, info)
    const state = await counter.get(identify(context))
    throw new GraphloomError('RATE_LIMITED', `At most ${max} such calls in ${windowMs} ms are allowed.`, {
      details: {
        retryAfterMs: Math.max(1, state?.msBeforeNext ?? windowMs),
        limit: { name, value: max, actual: state?.consumedPoints ?? max + 1 },
      },
    })
  }
}
