/** Sends the keyboard to where one writes: now, or as soon as the room that is gone to has such a place. */
let isWanted = false

/** Whether there is a place to write. */
export function goToComposer(): boolean {
  const area = document.getElementById('composer')
  area?.focus()
  return area !== null
}

/** The room that is shown gives way to another one. */
export function goToNextComposer(): void {
  isWanted = true
  document.getElementById('here')?.focus()
}

/** A place to write is there. It takes the focus if it was wanted, and nobody went elsewhere meanwhile. */
export function composerAppeared(area: HTMLElement | null): void {
  const { activeElement: now } = document
  if (isWanted && (now === document.body || now?.id === 'here')) area?.focus()
  isWanted = false
}
