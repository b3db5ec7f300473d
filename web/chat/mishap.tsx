import { TriangleAlert } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { useT } from '../i18n/use-translate.ts'
import { Button } from '../ui/button.tsx'
import { StateView } from '../ui/state-view.tsx'

interface State {
  readonly failed: boolean
}

/** A mistake of ours while drawing: said, instead of an empty page. The browser's console has what it was. */
export class Mishap extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failed: false }

  static getDerivedStateFromError(): State {
    return { failed: true }
  }

  override render(): ReactNode {
    return this.state.failed ? <Sorry /> : this.props.children
  }
}

function Sorry() {
  const t = useT()
  return (
    <main className="h-dvh bg-paper">
      <StateView
        whole
        icon={<TriangleAlert />}
        title={t('mishap.title')}
        action={
          <Button kind="primary" onClick={() => location.reload()}>
            {t('connection.reload')}
          </Button>
        }
      >
        {t('mishap.text')}
      </StateView>
    </main>
  )
}
