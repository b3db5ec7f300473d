import { CalendarSearch, EllipsisVertical, Search } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'

interface Props {
  readonly search: () => void
  /** Asks for a day, at this element; undefined: there is none. */
  readonly jump: ((anchor: HTMLElement) => void) | undefined
}

/** Ways to what was said before. On a phone they are here alone: the name of the room needs the place. */
export function RoomMenu({ search, jump }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement>()
  const t = useT()
  // What is asked for takes the place of the menu at once, so that only one of them has the focus to give back.
  const choose = (run: () => void) => (): void => {
    setAnchor(undefined)
    run()
  }
  return (
    <>
      <IconButton
        label={t('room.menu')}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        active={anchor !== undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <EllipsisVertical aria-hidden />
      </IconButton>
      {anchor !== undefined && (
        <Menu
          label={t('room.menu')}
          anchor={anchor}
          align="end"
          items={[
            { label: t('room.search'), icon: <Search aria-hidden />, run: choose(search) },
            {
              label: t('day.jumpTo'),
              icon: <CalendarSearch aria-hidden />,
              disabled: jump === undefined,
              run: choose(() => jump?.(anchor)),
            },
          ]}
          onClose={() => setAnchor(undefined)}
        />
      )}
    </>
  )
}
