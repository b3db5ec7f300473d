/** One line for something that happened in a room. */
import { span } from '../../i18n/format.ts'
import type { Translate } from '../../i18n/translate.ts'
import type { Happening } from '../../lib/views.ts'

/** Somebody's name, as who does it or as to whom it is done. */
type NameOf = (id: string, to?: boolean) => string

export function happeningText(t: Translate, happening: Happening, nameOf: NameOf): string {
  const reason = 'reason' in happening && happening.reason !== undefined ? happening.reason : ''
  const text = lineOf(t, happening, nameOf)
  return reason === '' ? text : t('happening.because', { text, reason })
}

function lineOf(t: Translate, happening: Happening, nameOf: NameOf): string {
  switch (happening.type) {
    case 'member':
      return memberText(t, happening, nameOf)
    case 'room':
      return roomText(t, happening, nameOf)
    case 'deed':
      return deedText(t, happening, nameOf)
    case 'pin':
      return t('happening.pinned', { by: nameOf(happening.by) })
  }
}

function memberText(t: Translate, happening: Happening & { type: 'member' }, nameOf: NameOf): string {
  const [by, name] = [nameOf(happening.by), nameOf(happening.person, true)]
  const isOwn = happening.by === happening.person
  switch (happening.what) {
    case 'joined':
      return isOwn ? t('happening.joined', { name: by }) : t('happening.added', { by, name })
    case 'left':
      return t('happening.left', { name: by })
    case 'kicked':
      return t('happening.kicked', { by, name })
    case 'banned':
      return happening.until === undefined
        ? t('happening.banned', { by, name })
        : t('happening.bannedFor', { by, name, span: span(t.lang, happening.until - happening.time) })
    case 'unbanned':
      return t('happening.unbanned', { by, name })
    case 'muted':
      return happening.until === undefined
        ? t('happening.muted', { by, name })
        : t('happening.mutedFor', { by, name, span: span(t.lang, happening.until - happening.time) })
    case 'unmuted':
      return t('happening.unmuted', { by, name })
    case 'role':
      return t('happening.role', { by, name, role: t(`role.${happening.role ?? 'member'}`) })
  }
}

function deedText(
  t: Translate,
  { what, by: id, person, outcome }: Happening & { type: 'deed' },
  nameOf: NameOf,
): string {
  const [by, name] = [nameOf(id), nameOf(person, true)]
  if (what === 'removed') return t('happening.removed', { by, name })
  if (what === 'report settled')
    return t(outcome === 'dismissed' ? 'happening.dismissed' : 'happening.settled', { by, name })
  return what.startsWith('webhook') ? t('happening.webhook', { by }) : `${by}: ${what}`
}

function roomText(t: Translate, happening: Happening & { type: 'room' }, nameOf: NameOf): string {
  const by = nameOf(happening.by)
  if (happening.what === 'created' && happening.by === '') return t('happening.opened')
  if (happening.what !== 'changed') return t(`happening.${happening.what}`, { by })
  if (happening.name !== undefined) return t('happening.renamed', { by, name: happening.name })
  if (happening.description !== undefined) return t('happening.described', { by })
  if (happening.avatar !== undefined) return t(happening.avatar ? 'happening.picture' : 'happening.noPicture', { by })
  if (happening.readOnly !== undefined) return t(happening.readOnly ? 'happening.closed' : 'happening.free', { by })
  if (happening.slow === undefined) return t('happening.retention', { by })
  if (happening.slow === 0) return t('happening.notSlow', { by })
  return t('happening.slow', { by, span: span(t.lang, happening.slow * 1000) })
}
