/** The texts of the items of the array that is the only value of a JSON object, as they come in pieces of its text. */
export class JsonItems {
  #text = ''
  /** Where in the text the next character is looked at. */
  #at = 0
  #depth = 0
  #start = -1
  #isInString = false
  #isEscaped = false

  /** Items, objects each, that are whole with this piece. */
  push(piece: string): string[] {
    this.#text += piece
    const items: string[] = []
    for (; this.#at < this.#text.length; this.#at++) {
      if (this.#isInText(this.#text.charCodeAt(this.#at))) continue
      switch (this.#text[this.#at]) {
        case '{':
        case '[':
          if (this.#depth++ === ITEM_DEPTH) this.#start = this.#at
          break
        case '}':
        case ']':
          if (--this.#depth === ITEM_DEPTH) items.push(this.#take())
          break
        default:
      }
    }
    this.#forget(this.#start < 0 ? this.#text.length : this.#start)
    return items
  }

  #isInText(code: number): boolean {
    if (!this.#isInString) {
      this.#isInString = code === QUOTE
      return this.#isInString
    }
    if (this.#isEscaped) this.#isEscaped = false
    else if (code === BACKSLASH) this.#isEscaped = true
    else if (code === QUOTE) this.#isInString = false
    return true
  }

  #take(): string {
    const item = this.#text.slice(this.#start, this.#at + 1)
    this.#start = -1
    return item
  }

  #forget(length: number): void {
    this.#text = this.#text.slice(length)
    this.#at -= length
    if (this.#start >= 0) this.#start -= length
  }
}

/** Within the object, within its array. */
const ITEM_DEPTH = 2
const QUOTE = 0x22
const BACKSLASH = 0x5c
