import { invalidInput } from './errors.js'

/** Texts are found by their parts of three characters. */
const LEAST_CHARACTERS = 3
const MOST_CHARACTERS = 200

/** A text as it is searched in, and as it is searched for: without regard to case. */
export const toSearchText = (text: string): string => text.toWellFormed().replaceAll('\0', ' ').toLowerCase()

/** @throws GraphloomError `INVALID_INPUT` for what cannot be searched for: it has 3 to 200 characters, none of them NUL. */
export function checkSearchText(path: string, text: string): void {
  const { length } = Array.from(text)
  if (length < LEAST_CHARACTERS || length > MOST_CHARACTERS)
    throw invalidInput(path, `has ${length} characters; ${LEAST_CHARACTERS} to ${MOST_CHARACTERS} are allowed.`)
  if (text.includes('\0') || !text.isWellFormed())
    throw invalidInput(path, 'must not hold a NUL or half of a surrogate pair')
}
