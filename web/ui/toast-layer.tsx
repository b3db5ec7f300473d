import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useT } from '../i18n/use-translate.ts'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'
import { toasts } from './toast.ts'

export function ToastLayer() {
  return (
    <Toast.Provider timeout={6000} limit={3}>
      <Feed />
      <Toast.Portal>
        <Toast.Viewport className="safe-bottom fixed inset-x-3 bottom-20 z-50 grid justify-items-center gap-2 wide:bottom-6">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function Feed() {
  const manager = Toast.useToastManager()
  const said = useSyncExternalStore(toasts.subscribe, () => toasts.value)
  const shown = useRef(0)
  useEffect(() => {
    for (const { id, text, kind, action } of said) {
      if (id <= shown.current) continue
      shown.current = id
      const actionProps = action && { children: action.label, onClick: action.run }
      manager.add({ title: text, type: kind, priority: kind === 'problem' ? 'high' : 'low', actionProps })
    }
  }, [said, manager])
  return null
}

function List() {
  const { toasts: shown } = Toast.useToastManager()
  const t = useT()
  return shown.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={['down', 'right']}
      className="rises flex max-w-104 items-center gap-2 rounded-large bg-ink py-1.5 ps-4 pe-1.5 text-paper shadow-float"
    >
      <Toast.Title className="min-w-0 flex-1 py-1.5 text-pretty" />
      <Toast.Action render={<Button kind="quiet" />} className="rounded-medium px-3 py-1.5 font-semibold underline" />
      <Toast.Close
        render={<IconButton small label={t('close')} />}
        className="grid size-8 place-content-center rounded-full opacity-80 hover:opacity-100 [&>svg]:size-4"
      >
        <X aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ))
}
