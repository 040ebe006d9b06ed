import { readXml } from './xml.js'

interface Style {
  name: string
  basedOn: string | null
  level: number | null
}

const HEADING_NAME = /^heading ([1-9])$/iu
const MAX_ANCESTORS = 20

/** Levels, from 1, of the paragraph styles that are headings, by id: by outline level, name, or the style below. */
export function readHeadingLevels(styles: Uint8Array): Map<string, number> {
  const known = new Map<string, Style>()
  let current: Style | null = null
  readXml(styles, {
    open: (name, attributes) => {
      const value = attributes['w:val'] ?? ''
      if (name === 'w:style') {
        current = { name: '', basedOn: null, level: null }
        known.set(attributes['w:styleId'] ?? '', current)
      } else if (!current) return
      else if (name === 'w:name') current.name = value
      else if (name === 'w:basedOn') current.basedOn = value
      else if (name === 'w:outlineLvl') current.level = toOutlineLevel(value)
    },
    close: (name) => {
      if (name === 'w:style') current = null
    },
  })
  const levels = new Map<string, number>()
  for (const id of known.keys()) {
    const level = findLevel(id, known)
    if (level !== null) levels.set(id, level)
  }
  return levels
}

/** Outline levels count from 0; 9 is body text. */
export function toOutlineLevel(value: string): number | null {
  const level = Number(value)
  return Number.isInteger(level) && level >= 0 && level <= 8 ? level + 1 : null
}

function findLevel(id: string, known: ReadonlyMap<string, Style>): number | null {
  let style = known.get(id)
  for (let steps = 0; style && steps < MAX_ANCESTORS; steps++) {
    if (style.level !== null) return style.level
    if (/^title$/iu.test(style.name)) return 1
    const level = HEADING_NAME.exec(style.name)?.[1]
    if (level !== undefined) return Number(level)
    style = style.basedOn === null ? undefined : known.get(style.basedOn)
  }
  return null
}
