import type { Clock } from '../../kernel/clock.js'
import type { LoadProgress } from '../../domain/model.js'

const TELL_EVERY_MS = 100
/** Before that a rate says little. */
const LEAST_MEASURED_MS = 50

/** Told of each step of loading and the end of each at once, of what is between now and then, with how long it takes. */
export function createProgressTeller(
  clock: Clock,
  tell: (progress: LoadProgress) => void,
): (progress: LoadProgress) => void {
  let phase: { readonly name: string; readonly startedAt: number; toldAt: number; readonly fromBytes: number } | null =
    null
  return (progress) => {
    const now = clock.now()
    const { doneBytes, totalBytes } = progress
    if (phase?.name === progress.phase && doneBytes < totalBytes && now - phase.toldAt < TELL_EVERY_MS) return
    if (phase?.name !== progress.phase)
      phase = { name: progress.phase, startedAt: now, toldAt: now, fromBytes: doneBytes }
    phase.toldAt = now
    const measured = now - phase.startedAt >= LEAST_MEASURED_MS && doneBytes > phase.fromBytes
    const bytesPerMs = (doneBytes - phase.fromBytes) / (now - phase.startedAt)
    tell({ ...progress, etaMs: measured ? Math.round((totalBytes - doneBytes) / bytesPerMs) : null })
  }
}
