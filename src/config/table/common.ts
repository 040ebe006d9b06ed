export const DAY_MS = 86_400_000
export const GIB = 2 ** 30
export const anything = { allowed: 'text that is not empty', pattern: /^[\s\S]+$/ }
