import type { TextBuilder } from './text-builder.js'

const EMPTY_LINE = /^[^\S\n]*$/u

/** Paragraphs are what empty lines part. */
export function readPlainText(text: string, builder: TextBuilder): void {
  let lines: string[] = []
  const flush = (): void => {
    builder.add({ kind: 'PARAGRAPH', text: lines.join('\n') })
    lines = []
  }
  for (const line of text.split('\n'))
    if (EMPTY_LINE.test(line)) flush()
    else lines.push(line)
  flush()
}
