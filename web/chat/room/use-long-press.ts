/** A press that stays opens the menu on a touch screen; a right click does on others. */
import { useRef, type MouseEvent, type PointerEvent } from 'react'

const patience = 450 // milliseconds
const tremble = 10 // pixels that a finger may move and still rest

export function useLongPress(open: (point: { x: number; y: number }) => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | undefined>(undefined)
  const end = (): void => {
    clearTimeout(press.current?.timer)
    press.current = undefined
  }
  return {
    onPointerDown({ pointerType, clientX: x, clientY: y }: PointerEvent) {
      if (pointerType === 'mouse') return
      end()
      press.current = { x, y, timer: setTimeout(() => open({ x, y }), patience) }
    },
    onPointerMove({ clientX, clientY }: PointerEvent) {
      const { x, y } = press.current ?? { x: clientX, y: clientY }
      if (Math.hypot(clientX - x, clientY - y) > tremble) end()
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu(event: MouseEvent) {
      if (event.target instanceof Element && event.target.closest('a, input, textarea') !== null) return
      if (getSelection()?.isCollapsed === false) return // the browser's own menu can copy it
      event.preventDefault()
      end()
      open({ x: event.clientX, y: event.clientY })
    },
  }
}
