import { createUnionType, type ClassType } from 'type-graphql'

export interface UnionOptions<TRoot> {
  readonly name: string
  readonly description: string
  readonly types: readonly ClassType[]
  /** Name of the member that a value is of. Values are plain objects, not instances of the members' classes. */
  readonly typeName: (value: TRoot) => string
}

export function createUnion<TRoot>({ name, description, types, typeName }: UnionOptions<TRoot>): object {
  return createUnionType({
    name,
    description,
    types: () => types as readonly [ClassType, ...ClassType[]],
    resolveType: (value: unknown) => typeName(value as TRoot),
  })
}

/** For the result of a mutation: problems carry their type's name, everything else is what was asked for. */
export const problemOr =
  (name: string) =>
  (value: { readonly __typename?: string }): string =>
    value.__typename ?? name
