import { classes } from './classes.ts'

interface Props {
  readonly count: number
  readonly label: string
  /** Vermilion asks for you; grey only counts. */
  readonly loud?: boolean
}

export function Badge({ count, label, loud = false }: Props) {
  return (
    <span
      className={classes(
        'inline-grid h-5 min-w-5 flex-none place-content-center rounded-full px-1.5 text-tiny font-bold tabular-nums',
        loud ? 'bg-seal text-on-seal' : 'bg-pine text-on-pine',
      )}
    >
      <span aria-hidden>{count > 999 ? '999+' : count}</span>
      <span className="unseen">{label}</span>
    </span>
  )
}
