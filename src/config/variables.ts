/** One environment variable. */
export interface Variable {
  readonly name: string
  readonly group: string
  /** What it does, with its unit. */
  readonly description: string
  /** What is allowed, for people. */
  readonly allowed: string
  readonly example: string
  /** What holds when it is not set; null for nothing. */
  readonly fallback: string | null
  readonly secret: boolean
  /** From the text to the value; undefined for one that is not allowed. */
  readonly parse: (text: string) => unknown
}

type Details = Pick<Variable, 'description' | 'example'> & {
  readonly fallback?: string | null
  readonly secret?: boolean
}

const GROUP_SEPARATOR = /\s*,\s*/

export const splitList = (text: string): string[] => text.split(GROUP_SEPARATOR).filter((part) => part !== '')

const variable = (
  group: string,
  name: string,
  allowed: string,
  parse: Variable['parse'],
  details: Details,
): Variable => ({
  name,
  group,
  allowed,
  parse,
  description: details.description,
  example: details.example,
  fallback: details.fallback ?? null,
  secret: details.secret ?? false,
})

const onlyIf =
  (isAllowed: (text: string) => boolean): Variable['parse'] =>
  (text) =>
    isAllowed(text) ? text : undefined

/** A whole number from `min` to `max`. */
export const integer = (group: string, name: string, range: readonly [number, number], details: Details): Variable =>
  variable(
    group,
    name,
    `a whole number from ${range[0]} to ${range[1]}`,
    (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
      return value >= range[0] && value <= range[1] ? value : undefined
    },
    details,
  )

export const flag = (group: string, name: string, details: Details): Variable =>
  variable(
    group,
    name,
    'true or false',
    (text) => (['true', 'false'].includes(text) ? text === 'true' : undefined),
    details,
  )

export const choice = (group: string, name: string, values: readonly string[], details: Details): Variable =>
  variable(
    group,
    name,
    `one of ${values.join(', ')}`,
    onlyIf((text) => values.includes(text)),
    details,
  )

/** Text that a pattern allows. */
export const text = (
  group: string,
  name: string,
  rule: { readonly allowed: string; readonly pattern: RegExp },
  details: Details,
): Variable =>
  variable(
    group,
    name,
    rule.allowed,
    onlyIf((text) => rule.pattern.test(text)),
    details,
  )

/** Parts with commas between. */
export const list = (
  group: string,
  name: string,
  rule: { readonly allowed: string; readonly pattern: RegExp; readonly max: number },
  details: Details,
): Variable =>
  variable(
    group,
    name,
    `${rule.allowed}, with commas between, at most ${rule.max}`,
    (text) => {
      const parts = splitList(text)
      return parts.length <= rule.max && parts.every((part) => rule.pattern.test(part)) ? parts : undefined
    },
    details,
  )
