const barWidth = 4

interface Props {
  /** From 0 to 1. */
  readonly heights: readonly number[]
  /** Of the whole, what is past. */
  readonly part: number
}

/** The shape of a sound. */
export function Waveform({ heights, part }: Props) {
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${Math.max(1, heights.length) * barWidth} 24`}
      preserveAspectRatio="none"
      className="size-full"
    >
      {heights.map((height, index) => {
        const tall = Math.max(2, height * 22)
        return (
          <rect
            // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
            key={index}
            x={index * barWidth}
            y={(24 - tall) / 2}
            width={2.4}
            height={tall}
            rx={1.2}
            className={index / heights.length < part ? 'fill-pine-ink' : 'fill-edge'}
          />
        )
      })}
    </svg>
  )
}
