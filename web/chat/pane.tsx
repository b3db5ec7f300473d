import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { useT } from '../i18n/use-translate.ts'
import type { Route } from '../lib/route.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { useRouter } from './context.ts'

interface Props {
  readonly title: string
  /** Where "back" leads when one came from outside. */
  readonly parent: Route
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A view with a title and a way back, whose content scrolls. */
export function Pane({ title, parent, actions, children }: Props) {
  const router = useRouter()
  const t = useT()
  return (
    <section aria-label={title} className="grid min-h-0 min-w-0 grid-rows-[auto_minmax(0,1fr)] bg-sheet">
      <header className="safe-top border-b border-line">
        <div className="flex h-14 items-center gap-2 px-2">
          <IconButton label={t('back')} onClick={() => router.back(parent)}>
            <ArrowLeft aria-hidden />
          </IconButton>
          <h1 className="min-w-0 flex-1 truncate font-serif text-large font-semibold">{title}</h1>
          {actions}
        </div>
      </header>
      <div className="scrolls safe-bottom min-h-0">{children}</div>
    </section>
  )
}
