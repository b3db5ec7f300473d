import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Entry } from '../../lib/chat-model.ts'
import { Seal } from '../../ui/seal.tsx'
import { useApp, useRoute } from '../context.ts'
import { InvitationHead } from './invitation-head.tsx'
import { LogInForm } from './log-in-form.tsx'
import { NameForm } from './name-form.tsx'

export interface WelcomeProps {
  readonly entry: Extract<Entry, { at: 'outside' }>
}

/** The way in. A name is enough; who came by an invitation sees what it leads to. */
export function Welcome({ entry }: WelcomeProps) {
  const [known, setKnown] = useState(!entry.guests) // has an account
  const route = useRoute()
  const t = useT()
  return (
    <div className="scrolls h-dvh bg-paper">
      <main className="mx-auto grid min-h-full max-w-104 content-center gap-6 p-6">
        <header className="grid gap-3">
          <Seal />
          <h1 className="font-serif text-display font-semibold tracking-tight">
            Posthouse <span className="text-[0.75em] text-soft">驿站</span>
          </h1>
          {route.view === 'invitation' ? (
            <InvitationHead token={route.token} />
          ) : (
            <p className="text-large text-soft text-pretty">{t('welcome.text')}</p>
          )}
          {entry.ended !== undefined && (
            <p role="status" className="rounded-medium bg-wash px-3 py-2 text-small">
              {t(`welcome.${entry.ended}`)}
            </p>
          )}
        </header>
        <div className="rounded-[1.25rem] border border-line bg-sheet p-5 shadow-low">
          {known ? <LogInForm /> : <NameForm />}
        </div>
        <footer className="flex flex-wrap items-center justify-between gap-2 text-small">
          {entry.guests && (
            <button type="button" className="font-semibold text-pine-ink underline" onClick={() => setKnown(!known)}>
              {known ? t('welcome.asGuest') : t('welcome.haveAccount')}
            </button>
          )}
          <OtherLanguage />
        </footer>
      </main>
    </div>
  )
}

/** Named in itself, for who cannot read this one. */
function OtherLanguage() {
  const { preferences } = useApp()
  const t = useT()
  const other = t.lang.startsWith('zh') ? 'en' : 'zh'
  return (
    <button
      type="button"
      lang={other}
      className="ms-auto rounded-full px-3 py-1.5 text-soft hover:bg-wash"
      onClick={() => preferences.set({ language: other })}
    >
      {other === 'zh' ? '中文' : 'English'}
    </button>
  )
}
