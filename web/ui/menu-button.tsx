import { useState, type ReactNode } from 'react'
import { IconButton } from './icon-button.tsx'
import { Menu, type MenuItem } from './menu.tsx'

interface Props {
  readonly label: string
  readonly icon: ReactNode
  readonly items: readonly MenuItem[]
}

export function MenuButton({ label, icon, items }: Props) {
  const [anchor, setAnchor] = useState<Element>()
  return (
    <>
      <IconButton
        label={label}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        active={anchor !== undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {icon}
      </IconButton>
      {anchor !== undefined && (
        <Menu label={label} anchor={anchor} items={items} align="end" onClose={() => setAnchor(undefined)} />
      )}
    </>
  )
}
