import type { ReactNode } from 'react'

interface Props {
  readonly icon: ReactNode
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** What is shown where there is nothing else: why, and what can be done. */
export function StateView({ icon, title, children, action }: Props) {
  return (
    <div className="grid h-full place-content-center justify-items-center gap-2 p-8 text-center">
      <span aria-hidden className="mb-1 grid size-14 place-content-center rounded-full bg-wash text-soft [&>svg]:size-6">
        {icon}
      </span>
      <h2 className="font-serif text-large font-semibold text-balance">{title}</h2>
      {children !== undefined && <p className="max-w-72 text-soft text-pretty">{children}</p>}
      {action !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
