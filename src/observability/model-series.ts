import type { Metric, MetricValue, Registry } from 'prom-client'
import type { LogHistogram } from '../kernel/log-histogram.js'

/** What a version did since the server started, and does at the moment. */
export interface ModelSeries {
  readonly model: string
  readonly version: string
  readonly queueLength: number
  readonly runningCount: number
  readonly total: {
    readonly requests: number
    readonly inferences: number
    readonly cacheHits: number
    readonly refusals: number
    readonly executions: number
    readonly computeMs: number
    readonly generatedTokens: number
    readonly inputTokens: number
    readonly cachedInputTokens: number
    readonly outputTokens: number
    /** By the code of the error. */
    readonly failures: ReadonlyMap<string, number>
    readonly latencyMs: LogHistogram
    readonly timeToFirstTokenMs: LogHistogram
    readonly interTokenMs: LogHistogram
    readonly batchSize: LogHistogram
  }
}

type Labels = Readonly<Record<string, string>>
type Value = MetricValue<string> & { readonly metricName?: string }

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly valuesOf: (one: ModelSeries, labels: Labels) => readonly Value[]
}

const MS = 1_000
/** Powers of two in milliseconds: what the histograms know exactly. */
const TIME_EXPONENTS = Array.from({ length: 20 }, (_, i) => i)
const SIZE_EXPONENTS = Array.from({ length: 9 }, (_, i) => i)

const plain =
  (read: (one: ModelSeries) => number): Family['valuesOf'] =>
  (one, labels) => [{ value: read(one), labels }]

const seconds = (name: string, help: string, read: (total: ModelSeries['total']) => LogHistogram): Family => ({
  name,
  help,
  type: 'histogram',
  valuesOf: ({ total }, labels) =>
    toBuckets({ name, histogram: read(total), exponents: TIME_EXPONENTS, unit: MS }, labels),
})

const FAMILIES: readonly Family[] = [
  {
    name: 'graphloom_predictions_total',
    help: 'Predictions that ended, by outcome: success, or the code of the error.',
    type: 'counter',
    valuesOf: ({ total: { requests, failures } }, labels) => {
      const failed = [...failures].map(([outcome, value]) => ({ value, labels: { ...labels, outcome } }))
      const succeeded = requests - failed.reduce((sum, { value }) => sum + value, 0)
      return [{ value: succeeded, labels: { ...labels, outcome: 'success' } }, ...failed]
    },
  },
  {
    name: 'graphloom_inferences_total',
    help: 'Sequences computed for predictions that succeeded: texts embedded or classified, documents ranked, answers generated, tensors run. Answers of the cache are none.',
    type: 'counter',
    valuesOf: plain(({ total }) => total.inferences),
  },
  {
    name: 'graphloom_executions_total',
    help: 'Runs of the model’s graph, whatever came of the predictions that they were for.',
    type: 'counter',
    valuesOf: plain(({ total }) => total.executions),
  },
  {
    name: 'graphloom_cache_hits_total',
    help: 'Predictions that were answered by the response cache.',
    type: 'counter',
    valuesOf: plain(({ total }) => total.cacheHits),
  },
  {
    name: 'graphloom_refusals_total',
    help: 'Predictions that were not accepted because too many waited, or for want of memory.',
    type: 'counter',
    valuesOf: plain(({ total }) => total.refusals),
  },
  {
    name: 'graphloom_compute_seconds_total',
    help: 'Time in which the model’s graph ran, seconds; its rate is the share of time that the model is busy.',
    type: 'counter',
    valuesOf: plain(({ total }) => total.computeMs / MS),
  },
  {
    name: 'graphloom_generated_tokens_total',
    help: 'Tokens generated, counted as they are chosen, whatever came of the predictions that they were for.',
    type: 'counter',
    valuesOf: plain(({ total }) => total.generatedTokens),
  },
  {
    name: 'graphloom_tokens_total',
    help: 'Tokens of predictions that ended: input, cached_input (the part of input that was not computed), output.',
    type: 'counter',
    valuesOf: ({ total }, labels) => [
      { value: total.inputTokens, labels: { ...labels, direction: 'input' } },
      { value: total.cachedInputTokens, labels: { ...labels, direction: 'cached_input' } },
      { value: total.outputTokens, labels: { ...labels, direction: 'output' } },
    ],
  },
  {
    name: 'graphloom_queue_length',
    help: 'Predictions that were accepted and have not begun.',
    type: 'gauge',
    valuesOf: plain(({ queueLength }) => queueLength),
  },
  {
    name: 'graphloom_running_predictions',
    help: 'Predictions that the model works on.',
    type: 'gauge',
    valuesOf: plain(({ runningCount }) => runningCount),
  },
  seconds(
    'graphloom_prediction_seconds',
    'From acceptance to the end of a prediction, whatever way it ended, seconds.',
    (total) => total.latencyMs,
  ),
  seconds(
    'graphloom_time_to_first_token_seconds',
    'From acceptance to the first token of a text, seconds.',
    (total) => total.timeToFirstTokenMs,
  ),
  seconds(
    'graphloom_inter_token_seconds',
    'From a token of a text to its next as the model chooses them, seconds.',
    (total) => total.interTokenMs,
  ),
  {
    name: 'graphloom_batch_size',
    help: 'Sequences in a run of the model’s graph.',
    type: 'histogram',
    valuesOf: ({ total }, labels) =>
      toBuckets(
        { name: 'graphloom_batch_size', histogram: total.batchSize, exponents: SIZE_EXPONENTS, unit: 1 },
        labels,
      ),
  },
]

/** Figures by model and version, read when they are asked for from where the graph's figures come from too. */
export function addModelSeries(registry: Registry, read: () => readonly ModelSeries[]): void {
  for (const family of FAMILIES) registry.registerMetric(new ReadMetric(family, read) as unknown as Metric)
}

/** A metric that keeps nothing itself. */
class ReadMetric {
  readonly name: string
  readonly #family: Family
  readonly #read: () => readonly ModelSeries[]

  constructor(family: Family, read: () => readonly ModelSeries[]) {
    this.name = family.name
    this.#family = family
    this.#read = read
  }

  get(): object {
    const { name, help, type, valuesOf } = this.#family
    const values = this.#read().flatMap((one) => valuesOf(one, { model: one.model, version: one.version }))
    return { name, help, type, aggregator: 'sum', values }
  }

  /** There is nothing here to forget. */
  reset(): void {}
}

interface Buckets {
  readonly name: string
  readonly histogram: LogHistogram
  /** Upper bounds of the buckets, as powers of two. */
  readonly exponents: readonly number[]
  /** How many of the histogram's units are one of Prometheus. */
  readonly unit: number
}

function toBuckets({ name, histogram, exponents, unit }: Buckets, labels: Labels): Value[] {
  const bucket = (le: string, value: number): Value => ({
    metricName: `${name}_bucket`,
    value,
    labels: { ...labels, le },
  })
  return [
    ...exponents.map((exponent) => bucket(String(2 ** exponent / unit), histogram.countUpTo(exponent))),
    bucket('+Inf', histogram.count),
    { metricName: `${name}_sum`, value: histogram.sum / unit, labels },
    { metricName: `${name}_count`, value: histogram.count, labels },
  ]
}
