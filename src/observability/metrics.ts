import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

/** The figures of this process, for Prometheus. */
export interface Metrics {
  readonly registry: Registry
  readonly storeOperations: Counter<'operation' | 'collection' | 'outcome'>
  readonly operations: Counter<'type' | 'outcome'>
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
