import encode from 'qr'
import { useMemo } from 'react'
import { useT } from '../../i18n/use-translate.ts'

const border = 4 // modules of white around it, as the standard wants

/** A text for cameras. Dark on white in any theme: many readers know no other. */
export function QrImage({ text }: { text: string }) {
  const t = useT()
  const rows = useMemo(() => encode(text, 'raw', { ecc: 'medium', border }), [text])
  const size = rows.length
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      role="img"
      aria-label={t('invitation.qrLabel')}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="mx-auto w-64 max-w-full rounded-large bg-white"
    >
      <path d={path} fill="#1b1a17" />
    </svg>
  )
}
