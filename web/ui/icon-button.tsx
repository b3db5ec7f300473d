import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

interface Props extends Omit<ComponentProps<'button'>, 'aria-label' | 'className'> {
  /** What it does: read out, and shown when one rests on it. */
  readonly label: string
  readonly active?: boolean
  readonly tone?: 'plain' | 'primary' | 'danger'
  readonly small?: boolean
}

export function IconButton({ label, active = false, tone = 'plain', small = false, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={label}
      className={classes(
        'inline-grid flex-none place-content-center rounded-full transition-colors disabled:opacity-40 [&>svg]:size-5',
        small ? 'size-8 coarse:size-10 [&>svg]:size-4.5' : 'size-10 coarse:size-11',
        tones[tone],
        active && 'bg-pine-wash text-pine-ink',
      )}
      {...rest}
    />
  )
}

const tones = {
  plain: 'text-soft enabled:hover:bg-wash enabled:hover:text-ink',
  primary: 'bg-pine text-on-pine enabled:hover:bg-pine-press',
  danger: 'text-seal-ink enabled:hover:bg-seal-wash',
} as const
