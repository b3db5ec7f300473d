import { useEffect, useState } from 'react'
import type { RoomModel } from '../../lib/room-model.ts'

/**
 * Files that are dropped anywhere on the page while a room is open are for it:
 * beside the composer, the browser would leave the page to show them. Answers
 * whether some are held over the page.
 */
export function useDrop(model: RoomModel): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false) // out of the window
    }
    const drop = (event: DragEvent): void => {
      setOver(false)
      if (!hasFiles(event)) return
      event.preventDefault()
      model.deeds.addFiles(Array.from(event.dataTransfer?.files ?? []))
    }
    const stop = new AbortController()
    const { signal } = stop
    window.addEventListener('dragover', over, { signal })
    window.addEventListener('dragleave', leave, { signal })
    window.addEventListener('drop', drop, { signal })
    return () => stop.abort()
  }, [model])
  return isOver
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true
}
