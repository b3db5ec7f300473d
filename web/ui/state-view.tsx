import type { ReactNode } from 'react'

interface Props {
  readonly icon: ReactNode
  readonly title: string
  /** It is all there is on the screen. */
  readonly whole?: boolean
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** What is shown where there is nothing else: why, and what can be done. */
export function StateView({ icon, title, whole = false, children, action }: Props) {
  const Heading = whole ? 'h1' : 'h2'
  return (
    <div className="grid h-full place-content-center justify-items-center gap-2 p-8 text-center">
      <span
        aria-hidden
        className="mb-1 grid size-14 place-content-center rounded-full bg-wash text-soft [&>svg]:size-6"
      >
        {icon}
      </span>
      <Heading className="font-serif text-large font-semibold text-balance">{title}</Heading>
      {children !== undefined && <p className="max-w-72 text-soft text-pretty">{children}</p>}
      {action !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
