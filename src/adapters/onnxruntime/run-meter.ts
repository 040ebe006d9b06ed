import type { RunReport } from '../../ports/model-runtime.js'

/** What was run: the graph once, or several times over the same sequences. */
export interface ModelRun {
  readonly executions: number
  /** Sequences in each execution. */
  readonly sequences: number
}

interface OpenReport extends RunReport {
  readonly batchSizes: number[]
  readonly interTokenMs: number[]
  computeMs: number
  generatedTokens: number
}

const REPORT_EVERY_MS = 200
const MAX_ENTRIES = 512

/**
 * Gathers what the model does and reports it: when asked, when much has come together, else after a while. Nothing is
 * gathered before there is somebody to report to.
 */
export class RunMeter {
  #send: ((report: RunReport) => void) | null = null
  #open: OpenReport | null = null
  #timer: NodeJS.Timeout | null = null
  #running = 0
  #busySince = 0
  readonly #now: () => number

  /** `now` gives milliseconds since whenever. */
  constructor(now = (): number => performance.now()) {
    this.#now = now
  }

  /** Begins to report. */
  start(send: (report: RunReport) => void): void {
    this.#send = send
  }

  /** Takes note of a run that begins; call the result at its end, also when it failed. */
  readonly startRun = (): ((run: ModelRun) => void) => {
    if (this.#running++ === 0) this.#busySince = this.#now()
    return (run) => this.#endRun(run)
  }

  #endRun({ executions, sequences }: ModelRun): void {
    const now = this.#now()
    const ms = now - this.#busySince
    // What other runs take from here on is still to be counted.
    this.#busySince = now
    this.#running--
    const report = this.#gather()
    if (!report) return
    for (let i = 0; i < executions; i++) report.batchSizes.push(sequences)
    report.computeMs += ms
    this.#limit(report)
  }

  /** Takes note of tokens that a text got in one run, `ms` after its last one; null for its first. */
  readonly noteTokens = (count: number, ms: number | null): void => {
    const report = this.#gather()
    if (!report) return
    report.generatedTokens += count
    if (ms !== null) for (let i = 0; i < count; i++) report.interTokenMs.push(ms / count)
    this.#limit(report)
  }

  /** Reports what there is. */
  flush(): void {
    const report = this.#open
    if (!report) return
    this.#open = null
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#send?.(report)
  }

  #gather(): OpenReport | null {
    if (!this.#send) return null
    this.#timer ??= setTimeout(() => this.flush(), REPORT_EVERY_MS)
    return (this.#open ??= { batchSizes: [], computeMs: 0, generatedTokens: 0, interTokenMs: [] })
  }

  #limit({ batchSizes, interTokenMs }: OpenReport): void {
    if (batchSizes.length + interTokenMs.length >= MAX_ENTRIES) this.flush()
  }
}
