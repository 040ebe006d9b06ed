export const DAY_MS = 86_400_000
export const GIB = 2 ** 30
/** As the libraries of Standard Webhooks take them; a second one while one is being changed for the other. */
export const SIGNING_SECRETS = {
  allowed: '"whsec_" and 24 to 64 bytes in base64',
  pattern: /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/,
  max: 2,
}
export const anything = { allowed: 'text that is not empty', pattern: /^[\s\S]+$/ }
