/** For what cannot be absent, though the compiler does not see it. */
export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a value that must be there is not: this is a bug in Posthouse')
  return value
}
