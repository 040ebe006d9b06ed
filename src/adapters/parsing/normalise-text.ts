const NEW_LINES = /\r\n?|[\v\f\u0085\u2028\u2029]/gu
/** Control characters but tab and line feed, soft hyphens, and byte order marks in the middle. */
const UNSEEN = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\ufeff]/gu

/** Text as `DocumentText` has it. */
export const normaliseText = (text: string): string =>
  text.toWellFormed().replaceAll(NEW_LINES, '\n').replaceAll(UNSEEN, '').normalize('NFC')
