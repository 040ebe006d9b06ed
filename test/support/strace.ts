import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

const CALLS =
  '?open,openat,?creat,close,write,pwrite64,writev,pwritev,fsync,fdatasync,?truncate,ftruncate,' +
  '?rename,?renameat,renameat2,?link,linkat,?unlink,unlinkat,?rmdir,?mkdir,mkdirat,?dup,?dup2,dup3,fallocate,copy_file_range'

/** Arguments that make strace write what a program does to files, with all data, to a file. */
export const straceArguments = (output: string): string[] => [
  '-f',
  '-xx',
  ...['-s', '16777216'],
  ...['-e', `trace=${CALLS}`],
  ...['-e', 'signal=none'],
  ...['-o', output],
]

export const hasStrace = (): boolean => spawnSync('strace', ['-V']).status === 0

/** A system call that succeeded, with its arguments as they were written. */
export interface TracedCall {
  readonly name: string
  readonly arguments: readonly string[]
  readonly result: number
  /** Numbers of the lines at which it was entered and returned; calls come in the order in which they returned. */
  readonly enteredAt: number
  readonly returnedAt: number
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+)/s
const UNFINISHED = /^(\d+) +(\w+)\((.*?),? *<unfinished \.\.\.>$/s
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>,? *(.*)\) += (-?\d+)/s

/** Reads strace's output call by call. Throws for a line that it does not understand. */
export async function* readTrace(path: string): AsyncGenerator<TracedCall> {
  const open = new Map<string, { text: string; enteredAt: number }>()
  let number = 0
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  for await (const line of lines) {
    number++
    const unfinished = UNFINISHED.exec(line)
    if (unfinished) {
      const [, pid = '', , text = ''] = unfinished
      open.set(pid, { text, enteredAt: number })
      continue
    }
    const resumed = RESUMED.exec(line)
    if (resumed) {
      const [, pid = '', name = '', rest = '', result = ''] = resumed
      const start = open.get(pid)
      open.delete(pid)
      if (!start) throw new Error(`Nothing was unfinished before line ${number} of the trace.`)
      const text = [start.text, rest].filter((part) => part !== '').join(', ')
      if (Number(result) >= 0)
        yield { ...toCall(name, text, Number(result)), enteredAt: start.enteredAt, returnedAt: number }
      continue
    }
    const whole = WHOLE.exec(line)
    if (whole) {
      const [, , name = '', text = '', result = ''] = whole
      if (Number(result) >= 0) yield { ...toCall(name, text, Number(result)), enteredAt: number, returnedAt: number }
    } else if (!/^\d+ +(\+\+\+|---)/.test(line) && !/ = \?|resumed>/.test(line)) {
      throw new Error(`Line ${number} of the trace is not understood: ${line.slice(0, 200)}`)
    }
  }
}

/** Strings are printed as \xNN only, so that a comma stands between arguments and nowhere else. */
const toCall = (name: string, text: string, result: number): Pick<TracedCall, 'name' | 'arguments' | 'result'> => ({
  name,
  arguments: text.split(', '),
  result,
})

/** The bytes of a string argument. */
export function toBytes(argument: string): Buffer {
  const end = argument.lastIndexOf('"')
  if (!argument.startsWith('"') || end !== argument.length - 1) throw new Error('A string of the trace was cut.')
  return Buffer.from(argument.slice(1, end).replaceAll('\\x', ''), 'hex')
}
