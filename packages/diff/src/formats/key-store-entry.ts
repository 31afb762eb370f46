/** One alias of a Java key store, and all that the store has under it, but when it was put there. */
export interface KeyStoreEntry {
  readonly alias: string;
  readonly content: readonly (string | Uint8Array)[];
}
