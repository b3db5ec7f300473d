/** The mark of the station: a roof on two posts, cut into a seal. */
export function Seal() {
  return (
    <svg className="seal" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="6" />
      <path d="M5 13 16 6l11 7M8 13v12M24 13v12M5 25.5h22M13 25v-6.5h6V25" />
    </svg>
  )
}
