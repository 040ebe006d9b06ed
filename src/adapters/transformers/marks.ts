import { randomBytes } from 'node:crypto'
import type { Json } from '../../kernel/json.js'

/** A piece of a rendered chat: what stands in a message or a tool, or what the template wrote. */
export interface ChatPart {
  readonly text: string
  readonly isContent: boolean
}

/** Names and types, which templates may look at. */
const PLAIN = /^[\p{L}\p{N}_$. -]*$/u

/** Stands for texts in a rendering, so that what a template wrote can be told from what it was given. */
export class Marks {
  // 96 random bits: no text can have foreseen them.
  readonly #begin = `${randomBytes(12).toString('hex')}:`
  readonly #texts: string[] = []
  readonly #controls: readonly string[]

  constructor(controls: readonly string[]) {
    this.#controls = controls
  }

  /** The mark of a text. A quotation mark in it tells later how often it was written as a JSON string. */
  mark(text: string): string {
    return text === '' ? '' : this.#toMark(this.#texts.push(text) - 1)
  }

  /** A value with marks for its texts, and for the names of its properties. */
  markIn(value: Json): Json {
    if (typeof value === 'string') return this.#isPlain(value) ? value : this.mark(value)
    if (Array.isArray(value)) return value.map((one: Json) => this.markIn(one))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [this.#isPlain(key) ? key : this.mark(key), this.markIn(one!)]),
    )
  }

  /** The rendering, up to the end of the text of `last` where that is given; null when something was lost in it. */
  split(rendered: string, last?: string): ChatPart[] | null {
    const pieces = rendered.split(new RegExp(`${this.#begin}(\\d+)(\\\\*)";`, 'u'))
    const parts: ChatPart[] = []
    let end = last === undefined ? null : 0
    for (let i = 0; i < pieces.length; i += 3) {
      const [written = '', number, slashes = ''] = pieces.slice(i, i + 3)
      if (written.toLowerCase().includes(this.#begin)) return null
      parts.push({ text: written, isContent: false })
      if (number === undefined) continue
      parts.push({ text: escape(this.#texts[Number(number)] ?? '', slashes.length), isContent: true })
      if (last === this.#toMark(Number(number))) end = parts.length
    }
    if (end === 0) return null
    return end === null ? parts : parts.slice(0, end)
  }

  #toMark(number: number): string {
    return `${this.#begin}${number}";`
  }

  #isPlain(text: string): boolean {
    return PLAIN.test(text) && !this.#controls.some((control) => text.includes(control))
  }
}

/** The text as a JSON string in which a quotation mark has so many slashes before it. */
function escape(text: string, slashes: number): string {
  let escaped = text
  for (let left = slashes; left > 0; left = (left - 1) / 2) escaped = JSON.stringify(escaped).slice(1, -1)
  return escaped
}
