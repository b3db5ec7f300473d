import { useT } from '../../i18n/use-translate.ts'
import { isMac } from '../../lib/platform.ts'
import { keyNames, shortcuts, type Shortcut } from '../../lib/shortcuts.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { useApp, usePreferences } from '../context.ts'

const places = ['list', 'message', 'writing'] as const

/** All keys, by where they do something. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { preferences } = useApp()
  const { singleKeys } = usePreferences()
  const t = useT()
  const shown = places.filter((place) => shortcuts.some(({ where }: Shortcut) => where === place))
  return (
    <Dialog title={t('shortcut.shortcuts')} onClose={onClose}>
      <div className="grid gap-4">
        {shown.map((place) => (
          <section key={place} aria-labelledby={`keys-${place}`}>
            <h3 id={`keys-${place}`} className="pb-1 text-small font-semibold text-soft">
              {t(`shortcut.in.${place}`)}
            </h3>
            <dl>
              {deedsOf(place).map(({ what, ways }) => (
                <div key={what} className="flex items-baseline gap-4 border-b border-line py-1.5 last:border-0">
                  <dt className="min-w-0 flex-1">{t(what)}</dt>
                  <dd className="flex flex-wrap items-center justify-end gap-x-2 gap-y-1">
                    {ways.map((keys, index) => (
                      <Keys key={keys.join(' ')} keys={keys} or={index > 0} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <SwitchRow
          label={t('shortcut.single')}
          hint={t('shortcut.singleHint')}
          checked={singleKeys}
          onChange={(value) => preferences.set({ singleKeys: value })}
        />
      </div>
    </Dialog>
  )
}

/** What can be done there, each with all keys that do it. */
function deedsOf(place: Shortcut['where']) {
  const here: readonly Shortcut[] = shortcuts.filter(({ where }: Shortcut) => where === place)
  const deeds = new Map<Shortcut['what'], (readonly string[])[]>()
  for (const { what, keys } of here) deeds.set(what, [...(deeds.get(what) ?? []), keys])
  return [...deeds].map(([what, ways]) => ({ what, ways }))
}

function Keys({ keys, or }: { readonly keys: readonly string[]; readonly or: boolean }) {
  const t = useT()
  return (
    <>
      {or && <span className="text-small text-soft">{t('shortcut.or')}</span>}
      <kbd className="flex gap-1 font-sans text-small">
        {keyNames(keys, isMac).map((name) => (
          <kbd
            key={name}
            className="min-w-6 rounded-small border border-edge/50 bg-raised px-1.5 py-px text-center font-sans shadow-low"
          >
            {name}
          </kbd>
        ))}
      </kbd>
    </>
  )
}
