import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'
import { Spinner } from './spinner.tsx'

type Kind = 'primary' | 'plain' | 'quiet' | 'danger'

interface Props extends Omit<ComponentProps<'button'>, 'className'> {
  readonly kind?: Kind
  readonly wide?: boolean
  readonly busy?: boolean
  readonly icon?: ReactNode
}

/** Something to press. One screen has one primary button. */
export function Button({ kind = 'plain', wide, busy = false, icon, children, disabled, ...rest }: Props) {
  return (
    <button
      type="button"
      className={classes(base, kinds[kind], wide === true && 'w-full')}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  )
}

const base =
  'inline-flex min-h-10 coarse:min-h-11 items-center justify-center gap-2 rounded-medium px-4 font-semibold transition-colors disabled:opacity-50 [&>svg]:size-4.5 [&>svg]:flex-none'

const kinds: Record<Kind, string> = {
  primary: 'bg-pine text-on-pine enabled:hover:bg-pine-press',
  plain: 'border border-line bg-raised text-ink enabled:hover:bg-wash',
  quiet: 'text-pine-ink enabled:hover:bg-pine-wash',
  danger: 'bg-seal text-on-seal enabled:hover:bg-seal-press',
}
