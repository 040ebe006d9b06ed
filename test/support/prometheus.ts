import type { TestServer } from './server.js'

export type Labels = Readonly<Record<string, string>>

const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/

/** What `/metrics` says at a moment. */
export class PrometheusFigures {
  readonly #samples: { readonly name: string; readonly labels: Labels; readonly value: number }[] = []

  constructor(readonly text: string) {
    for (const line of text.split('\n')) {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
      if (name === undefined) continue
      const pairs = Array.from(labels.matchAll(/([a-z_]+)="([^"]*)"/g), ([, label, of]) => [label, of])
      this.#samples.push({ name, labels: Object.fromEntries(pairs) as Labels, value: Number(value) })
    }
  }

  /** The sum of the samples of this name that have these labels. */
  sum(name: string, labels: Labels = {}): number {
    const of = this.#with(name, labels)
    return of.reduce((total, { value }) => total + value, 0)
  }

  /** Each sample's value by one of its labels. */
  by(name: string, label: string, labels: Labels): Map<string, number> {
    return new Map(this.#with(name, labels).map((sample) => [sample.labels[label] ?? '', sample.value]))
  }

  #with(name: string, labels: Labels) {
    const wanted = Object.entries(labels)
    return this.#samples.filter((one) => one.name === name && wanted.every(([label, of]) => one.labels[label] === of))
  }
}

export async function readPrometheus(server: TestServer): Promise<PrometheusFigures> {
  return new PrometheusFigures(await (await fetch(`${server.url}/metrics`)).text())
}
