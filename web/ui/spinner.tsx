/** Something is under way. What it is stands beside it, so it is not read out. */
export function Spinner() {
  return (
    <span
      aria-hidden
      className="inline-block size-4.5 flex-none animate-spin rounded-full border-2 border-current border-e-transparent"
    />
  )
}
