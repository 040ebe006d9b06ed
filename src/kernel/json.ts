/** A value that survives JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** JSON with the keys of every object in order, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}

/** The value of a JSON text; undefined for what is none, or has a number beyond those that JavaScript has. */
export function parseJson(text: string): Json | undefined {
  let isWhole = true
  try {
    const value = JSON.parse(text, (_key, part: unknown) => {
      if (typeof part === 'number' && !Number.isFinite(part)) isWhole = false
      return part
    }) as Json
    return isWhole ? value : undefined
  } catch {
    return undefined
  }
}

/** JSON on one line with a space after each comma and colon, as models mostly saw it. */
export function spacedJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((one: Json) => spacedJson(one)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}: ${spacedJson(one!)}`).join(', ')}}`
}

/**
 * The object for `JSON.stringify`, which leaves out fields that are undefined: here those that have their usual value.
 * It changes the object it is given. A new object with the rest would cost more than its text.
 */
export function withoutUsual(object: Record<string, unknown>, usual: Readonly<Record<string, unknown>>): object {
  for (const name in usual) if (object[name] === usual[name]) object[name] = undefined
  return object
}
