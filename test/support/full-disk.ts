import { spawnSync } from 'node:child_process'

const available = spawnSync('prlimit', ['--version']).status === 0

/** Whether a disk can be made full here; where it must be, it is an error that it cannot. */
export function requireFullDisk(): boolean {
  if (!available && process.env.CI)
    throw new Error('prlimit is not installed, and this test is not to be skipped here.')
  if (!available) console.warn('SKIPPED: the test of a full disk needs prlimit, which is not installed.')
  return available
}

/** The limit on a file's size sends a signal that would end the process; the write fails as well. */
export const SURVIVES_FULL_DISK = {
  NODE_OPTIONS: "--import=data:text/javascript,process.on('SIGXFSZ',()=>{})",
}

/** No file of the process may grow past the limit: for what it writes that is a disk that takes no more. */
export function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`])
  if (status !== 0) throw new Error(`The limit was not set: ${stderr.toString()}`)
}
