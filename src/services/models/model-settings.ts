import type { ModelSettings, ModelVersionDocument } from '../../domain/model.js'
import { invalidInput } from '../../kernel/errors.js'

/** What the server's configuration says about every version. */
export interface ModelDefaults {
  readonly batchTokens: number
  readonly queueLength: number
  readonly idleTtlMs: number
  readonly threads: number
  readonly timeoutMs: number
}

/** Settings to change: null is back to the server's default, what is left out stays. */
export type ModelSettingsChange = { readonly [K in keyof ModelSettings]?: ModelSettings[K] | null | undefined }

const DAY_MS = 86_400_000

/** Whole numbers from and to. */
const RANGES = {
  maxBatchTokens: [64, 65_536],
  maxQueueLength: [1, 1_000_000],
  idleTtlMs: [0, 24 * DAY_MS],
  threads: [1, 256],
  timeoutMs: [0, DAY_MS],
  priority: [0, 9],
} as const satisfies Partial<Record<keyof ModelSettings, readonly [number, number]>>

export const toDefaultSettings = (defaults: ModelDefaults): ModelSettings => ({
  maxBatchTokens: defaults.batchTokens,
  maxQueueLength: defaults.queueLength,
  idleTtlMs: defaults.idleTtlMs,
  threads: defaults.threads,
  timeoutMs: defaults.timeoutMs,
  cacheResponses: false,
  draft: false,
  pinned: false,
  priority: 5,
})

/** What holds for a version. */
export const settingsOf = (defaults: ModelSettings, version: ModelVersionDocument): ModelSettings => ({
  ...defaults,
  ...version.settings,
})

/** What is set for a version after a change. */
export function changeSettings(set: Partial<ModelSettings>, change: ModelSettingsChange): Partial<ModelSettings> {
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const next = { ...set, ...Object.fromEntries(given) }
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== null))
}

/** @throws GraphloomError `INVALID_INPUT` that names the setting. */
export function checkSettings(change: ModelSettingsChange): void {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = change[name as keyof typeof RANGES]
    if (value === null || value === undefined) continue
    if (!Number.isInteger(value) || value < least || value > most)
      throw invalidInput(`input.${name}`, `is ${value}; a whole number from ${least} to ${most} is allowed.`)
  }
}
