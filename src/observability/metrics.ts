import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** The figures of this process, for Prometheus. */
export interface Metrics {
  readonly registry: Registry
  readonly storeOperations: Counter<'operation' | 'collection' | 'outcome'>
  readonly operations: Counter<'type' | 'outcome'>
  readonly tokens: Counter<'direction'>
  readonly predictions: Counter<'model' | 'version' | 'outcome'>
  readonly predictionSeconds: Histogram<'model' | 'version'>
  /** A figure that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void
  /** Figures by one label that are read when they are asked for. */
  gaugeBy(name: string, help: string, label: string, read: () => ReadonlyMap<string, number>): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'graphloom_' })
  const registers = [registry]
  return {
    registry,
    storeOperations: new Counter({
      name: 'graphloom_store_operations_total',
      help: 'Calls of the document store.',
      labelNames: ['operation', 'collection', 'outcome'],
      registers,
    }),
    operations: new Counter({
      name: 'graphloom_operations_total',
      help: 'GraphQL operations, by type and outcome (error: with at least one error).',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    tokens: new Counter({
      name: 'graphloom_tokens_total',
      help: 'Tokens of predictions that ended, by direction (input, output).',
      labelNames: ['direction'],
      registers,
    }),
    predictions: new Counter({
      name: 'graphloom_predictions_total',
      help: 'Predictions that ended, by outcome: success or the code of the failure.',
      labelNames: ['model', 'version', 'outcome'],
      registers,
    }),
    predictionSeconds: new Histogram({
      name: 'graphloom_prediction_seconds',
      help: 'From acceptance to the end of a prediction, seconds.',
      labelNames: ['model', 'version'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    },
    gaugeBy: (name, help, label, read) => {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset()
          for (const [value, figure] of read()) this.set({ [label]: value }, figure)
        },
      })
    },
  }
}
