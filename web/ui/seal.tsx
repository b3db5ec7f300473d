/** The sign of the station. */
export function Seal() {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className="size-12">
      <rect width="32" height="32" rx="6" className="fill-seal" />
      <g className="fill-none stroke-on-seal" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <path d="M5 13 16 6l11 7M8 13v12M24 13v12M5 25.5h22" />
        <path d="M13 25v-6.5h6V25" />
      </g>
    </svg>
  )
}
