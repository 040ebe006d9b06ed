import {
  TOOL_CALL_BEGIN,
  TOOL_CALL_HEAD,
  TOOL_CALL_MIDDLE,
  TOOL_CALL_TAIL,
  type ToolCallDelta,
} from '../../domain/tool-call.js'

type Place = 'text' | 'head' | 'arguments' | 'tail'

export interface ParsedText {
  /** What is not of a call. */
  readonly text: string
  readonly toolCalls: readonly ToolCallDelta[]
}

/**
 * Tells calls of tools from the text around them while it is written. What it has given out depends on the text so far
 * alone, not on the pieces that it came in. It reads only what the grammar of calls lets through.
 */
export class ToolCallParser {
  #place: Place = 'text'
  /** What is not given out yet. */
  #held = ''
  #name = ''
  #index = -1
  readonly #scan = new ObjectScan()

  push(piece: string): ParsedText {
    this.#held += piece
    const texts: string[] = []
    const toolCalls: ToolCallDelta[] = []
    while (this.#step(texts, toolCalls));
    return { text: texts.join(''), toolCalls }
  }

  /** What was held as the possible beginning of a call, when the text has ended without one. */
  end(): string {
    const text = this.#place === 'text' ? this.#held : ''
    this.#held = ''
    return text
  }

  /** Gives out what can be; true when there is another place to go on in. */
  #step(texts: string[], toolCalls: ToolCallDelta[]): boolean {
    switch (this.#place) {
      case 'text': {
        const begin = this.#held.indexOf(TOOL_CALL_BEGIN)
        texts.push(this.#take(begin < 0 ? this.#held.length - beginningAtEnd(this.#held) : begin))
        return begin >= 0 && this.#goTo('head', TOOL_CALL_BEGIN.length)
      }
      case 'head': {
        const middle = this.#held.indexOf(TOOL_CALL_MIDDLE, TOOL_CALL_HEAD.length)
        if (middle < 0) return false
        this.#name = this.#held.slice(TOOL_CALL_HEAD.length, middle)
        this.#index++
        toolCalls.push(this.#delta(''))
        return this.#goTo('arguments', middle + TOOL_CALL_MIDDLE.length)
      }
      case 'arguments': {
        const end = this.#scan.findEnd(this.#held)
        const part = this.#take(end ?? this.#held.length)
        if (part !== '') toolCalls.push(this.#delta(part))
        return end !== null && this.#goTo('tail', 0)
      }
      case 'tail':
        return this.#held.length >= TOOL_CALL_TAIL.length && this.#goTo('text', TOOL_CALL_TAIL.length)
    }
  }

  #delta(part: string): ToolCallDelta {
    return { index: this.#index, name: this.#name, arguments: part }
  }

  #take(length: number): string {
    const taken = this.#held.slice(0, length)
    this.#held = this.#held.slice(length)
    return taken
  }

  #goTo(place: Place, length: number): true {
    this.#take(length)
    this.#place = place
    return true
  }
}

/** How long the longest end of the text is that a call begins with. */
function beginningAtEnd(text: string): number {
  for (let length = Math.min(TOOL_CALL_BEGIN.length - 1, text.length); length > 0; length--)
    if (text.endsWith(TOOL_CALL_BEGIN.slice(0, length))) return length
  return 0
}

/** Finds where a JSON object ends that comes in pieces. */
class ObjectScan {
  #depth = 0
  #isInString = false
  #isEscaped = false

  /** Where in the next piece the object ends; null when it does not. Then it is ready for another object. */
  findEnd(piece: string): number | null {
    for (let i = 0; i < piece.length; i++) {
      const character = piece.charAt(i)
      if (this.#isEscaped) this.#isEscaped = false
      else if (this.#isInString) {
        if (character === '\\') this.#isEscaped = true
        else if (character === '"') this.#isInString = false
      } else if (character === '"') this.#isInString = true
      else if (character === '{') this.#depth++
      else if (character === '}' && --this.#depth === 0) return i + 1
    }
    return null
  }
}
