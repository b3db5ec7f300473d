import { Menu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import { useState } from 'react'
import { classes } from './classes.ts'
import { returnTo } from './focus-return.ts'
import type { Anchor, MenuItem, MenuProps } from './menu.tsx'

export function MenuPopup({ label, anchor, back, items, row, align = 'start', onClose }: MenuProps) {
  const [open, setOpen] = useState(true)
  return (
    <Menu.Root
      open={open}
      modal={false}
      onOpenChange={(next) => !next && setOpen(false)}
      onOpenChangeComplete={(next) => !next && onClose()}
    >
      <Menu.Portal>
        <Menu.Positioner
          anchor={anchor instanceof Element ? anchor : pointOf(anchor)}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-40 outline-none"
        >
          <Menu.Popup
            aria-label={label}
            finalFocus={returnTo(back ?? (anchor instanceof HTMLElement ? anchor : undefined))}
            className="float min-w-52 max-w-72 rounded-large border border-line bg-raised p-1.5 shadow-float outline-none"
          >
            {row !== undefined && <Signs {...row} />}
            {items.map((item) => (
              <Item key={item.label} item={item} />
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function Item({
  item: { label, icon, run, danger = false, checked, apart = false, disabled = false, keys },
}: {
  item: MenuItem
}) {
  return (
    <>
      {apart && <Menu.Separator className="mx-2 my-1.5 h-px bg-line" />}
      <Menu.Item
        disabled={disabled}
        aria-keyshortcuts={keys?.spoken}
        onClick={run}
        className={classes(
          'flex min-h-9 coarse:min-h-11 cursor-default items-center gap-3 rounded-medium px-2.5 outline-none select-none data-disabled:opacity-45 data-highlighted:bg-wash [&>svg]:size-4.5 [&>svg]:flex-none',
          danger ? 'text-seal-ink' : 'text-ink [&>svg]:text-soft',
        )}
      >
        {icon}
        <span className="flex-1">{label}</span>
        {keys !== undefined && (
          <kbd aria-hidden className="ms-4 font-sans text-small text-soft coarse:hidden">
            {keys.word}
          </kbd>
        )}
        {checked === true && <Check aria-hidden />}
        {checked === true && <span className="unseen">✓</span>}
      </Menu.Item>
    </>
  )
}

function Signs({ label, items }: NonNullable<MenuProps['row']>) {
  return (
    <Menu.Group aria-label={label} className="mb-1 flex justify-between border-b border-line pb-1.5">
      {items.map((item) => (
        <Menu.Item
          key={item.label}
          aria-label={item.label}
          aria-keyshortcuts={item.keys?.spoken}
          onClick={item.run}
          className="grid size-9 cursor-default place-content-center rounded-full text-large outline-none select-none data-highlighted:bg-wash [&>svg]:size-4.5 [&>svg]:text-soft"
        >
          {item.icon}
        </Menu.Item>
      ))}
    </Menu.Group>
  )
}

function pointOf({ x, y }: Exclude<Anchor, Element>) {
  return { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) }
}
