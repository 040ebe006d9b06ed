import { parentPort } from 'node:worker_threads'
import type { OutputConstraint } from '../../domain/prediction.js'
import { toConstraintNetwork } from './constraint-network.js'
import { flatten, type FlatNetwork } from './flat-network.js'

/** What is to be compiled, and the bytes that a text can have. */
export interface CompileRequest {
  readonly number: number
  readonly constraint: OutputConstraint
  readonly isWritable: readonly boolean[]
}

export type CompileReply =
  | { readonly number: number; readonly network: FlatNetwork }
  | { readonly number: number; readonly reason: string; readonly isTooDeep: boolean }

function compile({ number, constraint, isWritable }: CompileRequest): CompileReply {
  try {
    return { number, network: flatten(toConstraintNetwork(constraint, isWritable)) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { number, reason, isTooDeep: error instanceof RangeError }
  }
}

if (!parentPort) throw new Error('The compiler of grammars runs as a worker thread.')
const port = parentPort
port.on('message', (request: CompileRequest) => port.postMessage(compile(request)))
