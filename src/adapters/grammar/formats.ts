const DAY = '(?:0[1-9]|1[0-9]|2[0-8])'
const LEAP_YEAR = '[0-9]{2}(?:0[48]|[2468][048]|[13579][26])'
const DATE = [
  `[0-9]{4}-(?:0[1-9]|1[0-2])-${DAY}`,
  '[0-9]{4}-(?:0[13-9]|1[0-2])-(?:29|30)',
  '[0-9]{4}-(?:0[13578]|1[02])-31',
  `${LEAP_YEAR}-02-29`,
].join('|')
const OFFSET = '(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])'
const TIME = `(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?${OFFSET}`
const COUNT = '[0-9]{1,6}'
const SPAN_OF_TIME = `T(?:${COUNT}H(?:${COUNT}M(?:${COUNT}S)?)?|${COUNT}M(?:${COUNT}S)?|${COUNT}S)`
const SPAN_OF_DAYS = `(?:${COUNT}Y(?:${COUNT}M(?:${COUNT}D)?)?|${COUNT}M(?:${COUNT}D)?|${COUNT}D)`
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?'
const HOSTNAME = `${LABEL}(?:\\.${LABEL}){0,4}`
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,16}"
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const GROUP = '[0-9A-Fa-f]{1,4}'
const PATH_CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
const PATH = `(?:/${PATH_CHARACTER}*)*`
const QUERY = `(?:\\?(?:${PATH_CHARACTER}|[/?])*)?(?:#(?:${PATH_CHARACTER}|[/?])*)?`
const AUTHORITY = `//${HOSTNAME}(?::[0-9]{1,5})?`
const VARIABLE = '[A-Za-z0-9_]{1,32}(?::[1-9][0-9]{0,3}|\\*)?'
const POINTER = '(?:/(?:[^~/]|~[01])*)*'

/** Texts of each format, as expressions. Some formats have more texts than these. */
export const FORMATS: Readonly<Record<string, string>> = {
  date: DATE,
  time: TIME,
  'date-time': `(?:${DATE})T${TIME}`,
  duration: `P(?:${COUNT}W|${SPAN_OF_DAYS}(?:${SPAN_OF_TIME})?|${SPAN_OF_TIME})`,
  email: `${ATOM}(?:\\.${ATOM}){0,3}@${HOSTNAME}`,
  hostname: HOSTNAME,
  ipv4: `${OCTET}(?:\\.${OCTET}){3}`,
  ipv6: [`(?:${GROUP}:){7}${GROUP}`, `(?:${GROUP}:){1,6}:${GROUP}`, `::(?:${GROUP}(?::${GROUP}){0,6})?`].join('|'),
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  uri: `[A-Za-z][A-Za-z0-9+.-]{0,15}:(?:${AUTHORITY}${PATH}|/?${PATH_CHARACTER}+${PATH})${QUERY}`,
  'uri-reference': `(?:[A-Za-z][A-Za-z0-9+.-]{0,15}:${AUTHORITY})?${PATH}${QUERY}`,
  'uri-template': `(?:${PATH_CHARACTER}|[/?#]|\\{[+#./;?&]?${VARIABLE}(?:,${VARIABLE})*\\})*`,
  'json-pointer': POINTER,
  'relative-json-pointer': `(?:0|[1-9][0-9]{0,5})(?:#|${POINTER})`,
}
