import { invalidInput } from '../../kernel/errors.js'

/** Which model version to register. Exactly one source is given. */
export interface RegisterModelVersion {
  readonly name: string
  readonly version: string
  /** Of the model; null leaves what is there. */
  readonly description: string | null
  readonly license: string | null
  readonly source: { readonly folder: string }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const MAX_DESCRIPTION = 2_000
const MAX_LICENSE = 200

/** @throws GraphloomError `INVALID_INPUT` with the path of what is wrong. */
export function checkRegistration({ name, version, description, license }: RegisterModelVersion): void {
  if (!NAME.test(name))
    throw invalidInput(
      'input.name',
      'must be 1 to 128 letters, digits, ".", "_" and "-", beginning with a letter or digit.',
    )
  if (!VERSION.test(version))
    throw invalidInput(
      'input.version',
      'must be 1 to 64 letters, digits, ".", "_" and "-", beginning with a letter or digit.',
    )
  if (description !== null && description.length > MAX_DESCRIPTION)
    throw invalidInput('input.description', `must have at most ${MAX_DESCRIPTION} characters.`)
  if (license !== null && (license === '' || license.length > MAX_LICENSE))
    throw invalidInput('input.license', `must have 1 to ${MAX_LICENSE} characters.`)
}
