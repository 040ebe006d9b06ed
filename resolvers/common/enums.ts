/** An enum for the schema from a table of its values and what they mean. */
export function describeEnum<T extends string>(
  descriptions: Record<T, string>,
): { readonly values: Record<T, T>; readonly config: Record<T, { description: string }> } {
  const names = Object.keys(descriptions) as T[]
  return {
    values: Object.fromEntries(names.map((name) => [name, name])) as Record<T, T>,
    config: Object.fromEntries(names.map((name) => [name, { description: descriptions[name] }])) as Record<
      T,
      { description: string }
    >,
  }
}
