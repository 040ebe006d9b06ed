/** Numbers that a model writes: whole numbers of JSON that every program reads exactly have at most so many digits. */
export const MOST_DIGITS = 15
export const LARGEST_NUMBER = 10 ** MOST_DIGITS - 1
