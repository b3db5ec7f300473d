import { Tooltip } from '@base-ui/react/tooltip'

export interface TipPopupProps {
  readonly target: Element
}

/** The words of a button that shows a sign only. Screen readers have the label already. */
export function TipPopup({ target }: TipPopupProps) {
  return (
    <Tooltip.Root open>
      <Tooltip.Portal>
        <Tooltip.Positioner anchor={target} sideOffset={6} collisionPadding={8} className="pointer-events-none z-50">
          <Tooltip.Popup
            aria-hidden
            data-tip-words
            className="float rounded-small bg-ink px-2 py-1 text-small text-paper shadow-float"
          >
            {target.getAttribute('data-tip')}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
