/** The parts of the window, from one to the next: rooms, messages, where one writes, details. */
const entries = [
  'nav [aria-current="page"], nav a[href]',
  '[role="log"] [data-stop][tabindex="0"], #here input, #here a[href], #here button',
  '#composer',
  '#here ~ [data-part] button, #here ~ [data-part] a[href]',
]

/** Whether there is another part. */
export function goToNextPart(): boolean {
  const shown = entries.flatMap((selector) => firstShown(selector) ?? [])
  const now = shown.findIndex((entry) => isPartOf(entry, document.activeElement))
  const next = shown[(now + 1) % shown.length]
  next?.focus()
  return next !== undefined
}

/** The one that is chosen goes before the first. */
function firstShown(selectors: string): HTMLElement | undefined {
  for (const selector of selectors.split(', '))
    for (const element of document.querySelectorAll<HTMLElement>(selector))
      if (element.checkVisibility()) return element
  return undefined
}

function isPartOf(entry: HTMLElement, element: Element | null): boolean {
  const part = entry.closest('[role="log"], [data-part], section, #here')
  return element !== null && part?.contains(element) === true
}
