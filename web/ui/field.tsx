import { useId, type ComponentProps, type ReactNode } from 'react'
import { classes } from './classes.ts'

interface Props extends Omit<ComponentProps<'input'>, 'className' | 'id'> {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with what stands there; it takes the place of the hint. */
  readonly problem?: ReactNode
}

/** One line to fill in, with its name above and a word of help below. */
export function Field({ label, hint, problem, ...rest }: Props) {
  const id = useId()
  const isWrong = problem !== undefined && problem !== ''
  const below = isWrong ? problem : hint
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-small font-semibold">
        {label}
      </label>
      <input
        id={id}
        className={classes(fieldClass, 'h-11', isWrong ? 'border-seal-ink' : 'border-edge')}
        aria-invalid={isWrong}
        aria-describedby={below === undefined ? undefined : `${id}-below`}
        {...rest}
      />
      {below !== undefined && (
        <p
          id={`${id}-below`}
          role={isWrong ? 'alert' : undefined}
          className={classes('text-small text-pretty', isWrong ? 'text-seal-ink' : 'text-soft')}
        >
          {below}
        </p>
      )}
    </div>
  )
}

interface AreaProps extends Omit<ComponentProps<'textarea'>, 'className' | 'id'> {
  readonly label: string
}

export function TextArea({ label, ...rest }: AreaProps) {
  const id = useId()
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-small font-semibold">
        {label}
      </label>
      <textarea id={id} rows={3} className={classes(fieldClass, 'resize-y border-edge py-2')} {...rest} />
    </div>
  )
}

const fieldClass =
  'w-full rounded-medium border bg-raised px-3 text-body outline-offset-0 focus-visible:border-pine-ink focus-visible:outline-1 focus-visible:outline-pine-ink'
