/** Replaced by the files part. */
export const fileTables: readonly string[] = []
