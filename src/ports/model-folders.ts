/** A model's folder in one of those that the operator allows. */
export interface PlacedFolder {
  /** The allowed folder, as it is configured. */
  readonly root: string
  /** Path of the model's folder below it, without links; empty for the allowed folder itself. */
  readonly folder: string
  /** Name of the file that was looked for in it; null when the folder was. */
  readonly file: string | null
}

/** The folders that models may be registered from, and the server's own for those that it downloads. */
export interface ModelFolders {
  /**
   * Finds a model's folder, or a file. `path` is absolute, or relative to one of the allowed folders, the first that has it.
   * `INVALID_INPUT` with the path `where` when no folder is allowed, it is no path, or it lies or leads elsewhere;
   * `NOT_FOUND` when there is nothing.
   */
  find(path: string, what: 'folder' | 'file', where: string): Promise<PlacedFolder>
  /** Whether the folder is allowed at present. */
  isAllowed(root: string): boolean
  /** Absolute path of the folder of a version's downloaded files; the id is one of the server's. */
  ownFolder(versionId: string): string
  /** Deletes the folder of a version's downloaded files; no error when there is none. */
  removeOwn(versionId: string): Promise<void>
  /** Ids of the versions that have such a folder. */
  listOwn(): Promise<string[]>
  /** Bytes that can be written below the server's own folder. */
  freeBytes(): Promise<number>
}
