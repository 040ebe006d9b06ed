import {
  ClaimTasksDocument,
  CompleteTaskDocument,
  FailTaskDocument,
  HeartbeatTaskDocument,
  ReleaseTaskDocument,
  ReportTaskProgressDocument,
  type ClaimTasksInput,
  type ClaimTasksMutation,
  type ReportTaskProgressInput,
  type TaskErrorInput,
} from '../generated/graphql.js'
import type { GraphClient } from './graph-client.js'

export type Claimed = Extract<ClaimTasksMutation['claimTasks'], { __typename: 'ClaimedTasks' }>['tasks'][number]

const nameOf = ({ task, token }: Claimed) => ({ id: task.id, token })

/** A worker elsewhere, as tests play it. */
export class WorkerClient {
  constructor(
    readonly server: GraphClient,
    readonly types: string[],
    readonly name = 'tester',
    readonly token?: string,
  ) {}

  async ask(input: Partial<ClaimTasksInput> = {}): Promise<ClaimTasksMutation['claimTasks']> {
    const worker = { name: this.name, host: 'test', pid: 1 }
    const whole = { types: this.types, worker, ...input }
    return (await this.server.request(ClaimTasksDocument, { input: whole }, this.token)).claimTasks
  }

  async claim(input: Partial<ClaimTasksInput> = {}): Promise<Claimed[]> {
    const result = await this.ask(input)
    if (result.__typename !== 'ClaimedTasks') throw new Error(`Not claimed: ${JSON.stringify(result)}`)
    return result.tasks
  }

  /** The only task that there is to claim. */
  async claimOne(input: Partial<ClaimTasksInput> = {}): Promise<Claimed> {
    const [claimed, ...others] = await this.claim({ waitMs: 20_000, ...input })
    if (!claimed || others.length > 0) throw new Error(`${others.length + (claimed ? 1 : 0)} tasks were claimed.`)
    return claimed
  }

  async beat(claims: readonly Claimed[], leaseMs = 30_000) {
    const input = { claims: claims.map(nameOf), leaseMs }
    return (await this.server.request(HeartbeatTaskDocument, { input }, this.token)).heartbeatTask
  }

  async report(claimed: Claimed, told: Partial<ReportTaskProgressInput>) {
    const input = { ...nameOf(claimed), ...told }
    return (await this.server.request(ReportTaskProgressDocument, { input }, this.token)).reportTaskProgress
  }

  async complete(claimed: Claimed, output: unknown) {
    return (await this.server.request(CompleteTaskDocument, { input: { ...nameOf(claimed), output } }, this.token))
      .completeTask
  }

  async fail(claimed: Claimed, error: TaskErrorInput) {
    return (await this.server.request(FailTaskDocument, { input: { ...nameOf(claimed), error } }, this.token)).failTask
  }

  async release(claimed: Claimed) {
    return (await this.server.request(ReleaseTaskDocument, { input: nameOf(claimed) }, this.token)).releaseTask
  }
}
