/** Characters that JSON writes with an escape, as part of a character class: a pattern must not match them bare. */
const ESCAPED = '"\\\\\\x00-\\x1f'
const SPACES = ' \\t\\n\\r\\f\\v'
/** What stands for these classes where JSON's escapes are left out. */
const CLASSES: Readonly<Record<string, string>> = {
  s: ' ',
  S: `[^${SPACES}${ESCAPED}]`,
  D: `[^0-9${ESCAPED}]`,
  W: `[^A-Za-z0-9_${ESCAPED}]`,
}
const PLAIN_CLASSES = new Set(['d', 'w'])

/**
 * A regular expression for the inside of a JSON string: what it matches is matched by `pattern` too, and needs no
 * escapes. Anchors at both ends are left out: the whole string is matched, which `pattern` then finds.
 * @throws RangeError that says what of the pattern cannot be honoured.
 */
export function toStringPattern(pattern: string): string {
  new RegExp(pattern, 'u')
  const body = pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')
  let result = ''
  for (let i = 0; i < body.length; i++) {
    const char = body[i]!
    if (char === '[') {
      const end = endOfClass(body, i)
      result += toClass(body.slice(i + 1, end))
      i = end
    } else if (char === '\\') result += toEscape(body[++i]!)
    else if (char === '.') result += `[^${ESCAPED}]`
    else if (char === '(' && body[i + 1] === '?' && body[i + 2] !== ':')
      throw new RangeError('look-around and named groups')
    else if (char === '^' || char === '$') throw new RangeError('anchors inside of a pattern')
    else result += toLiteral(char)
  }
  return `(${result})`
}

function toEscape(char: string): string {
  if (PLAIN_CLASSES.has(char)) return `\\${char}`
  const known = CLASSES[char]
  if (known !== undefined) return known
  if (/[A-Za-z0-9"\\]/.test(char)) throw new RangeError(`the escape \\${char}`)
  return `\\${char}`
}

function toLiteral(char: string): string {
  if (char === '"' || char < ' ') throw new RangeError('characters that JSON escapes')
  if (char > '~') throw new RangeError('characters outside of ASCII')
  return char
}

function endOfClass(body: string, start: number): number {
  for (let i = start + 1; i < body.length; i++) {
    if (body[i] === '\\') i++
    else if (body[i] === ']') return i
  }
  throw new RangeError('a character class without an end')
}

/** A class without JSON's escaped characters; `inside` is what stands between its brackets. */
function toClass(inside: string): string {
  const negated = inside.startsWith('^')
  const content = negated ? inside.slice(1) : inside
  if (!negated && content === '') throw new RangeError('an empty character class')
  if (/\\[^dws\\\]\-^.[/(){}*+?|$]/.test(content) || content.includes('\\\\'))
    throw new RangeError(`the character class [${inside}]`)
  if (/[^ -~]/.test(content)) throw new RangeError('characters outside of ASCII')
  if (negated) return `[^${content}${ESCAPED}]`
  const matches = new RegExp(`[${content}]`, 'u')
  if (matches.test('"') || matches.test('\\'))
    throw new RangeError(`the character class [${inside}], which has characters that JSON escapes`)
  return `[${content.replaceAll('\\s', ' ')}]`
}
