import { Parser } from 'htmlparser2'
import { HtmlBlocks } from './html-blocks.js'
import { tooLarge, unreadable } from './problems.js'
import type { TextBuilder } from './text-builder.js'

/** Nobody reads what is in them. */
const UNREAD = new Set(
  'script style template noscript svg math nav select datalist button textarea iframe object canvas audio video dialog'.split(
    ' ',
  ),
)
const MAX_ELEMENTS = 500_000
/** Browsers nest no deeper than 512. */
const MAX_DEPTH = 1_000
const PIECE_CHARACTERS = 65_536
/** A main part with less text than this is no article. */
const MAIN_CHARACTERS = 200

/**
 * The text of a page by its structure. Of a page with a main part only that is read, and scripts, navigation, forms and
 * what is hidden never are.
 * @throws GraphloomError `DOCUMENT_UNREADABLE` for more elements, or deeper ones, than pages have.
 */
export function readHtml(html: string, builder: TextBuilder): void {
  const blocks = new HtmlBlocks(builder)
  let elements = 0
  let depth = 0
  let unreadDepth = 0
  let isTitle = false
  const title: string[] = []
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (++elements > MAX_ELEMENTS) throw tooLarge('elements', MAX_ELEMENTS)
      if (++depth > MAX_DEPTH) throw unreadable('UNSAFE', `Elements are nested more than ${MAX_DEPTH} deep.`)
      if (unreadDepth > 0) return
      if (name === 'title') isTitle = true
      else if (UNREAD.has(name) || isHidden(attributes)) unreadDepth = depth
      else blocks.open(name)
    },
    onclosetag: (name) => {
      if (unreadDepth === depth) unreadDepth = 0
      else if (unreadDepth === 0 && name !== 'title') blocks.close(name)
      if (name === 'title') isTitle = false
      depth--
    },
    ontext: (text) => {
      if (isTitle) title.push(text)
      else if (unreadDepth === 0) blocks.write(text)
    },
  })
  for (let at = 0; at < html.length; at += PIECE_CHARACTERS) parser.write(html.slice(at, at + PIECE_CHARACTERS))
  parser.end()
  builder.title = title.join('')
  blocks.finish(MAIN_CHARACTERS)
}

const isHidden = ({ hidden, 'aria-hidden': ariaHidden, role }: Record<string, string | undefined>): boolean =>
  hidden !== undefined || ariaHidden === 'true' || role === 'navigation'
