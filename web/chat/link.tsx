import type { ComponentProps, MouseEvent } from 'react'
import { pathOf, type Route } from '../lib/route.ts'
import { useRouter } from './context.ts'

interface Props extends Omit<ComponentProps<'a'>, 'href'> {
  readonly to: Route
  /** Takes the place of this view in the browser's history. */
  readonly replace?: boolean
}

/** To another view. It has an address like any link: it can be copied, or opened in another tab. */
export function Link({ to, replace = false, onClick, children, ...rest }: Props) {
  const router = useRouter()
  const go = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event)
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    router.go(to, { replace })
  }
  return (
    <a href={pathOf(to)} onClick={go} {...rest}>
      {children}
    </a>
  )
}
