/** What a SELECT finds, by the name of the column. */
export type SqlRow = Readonly<Record<string, string | number | bigint | Uint8Array | null>>
