import { Copy, Link2, QrCode, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { date, span } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { copyText } from '../../lib/clipboard.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { Invitation } from '../../lib/views.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { say } from '../../ui/toast.ts'
import { useMe, useModel, useSource } from '../context.ts'
import { useDeed } from '../use-deed.ts'
import type { PageProps } from './details-view.tsx'
import { ListSkeleton } from './list-skeleton.tsx'
import { QrImage } from './qr-image.tsx'

const day = 86_400_000
const lives = [String(day), String(7 * day), String(30 * day), 'forever'] as const

export function Invitations({ model, room }: PageProps) {
  const { invitations } = useSource(model.details)
  const [life, setLife] = useState<string>(lives[1])
  const [shown, setShown] = useState<Invitation>()
  const deed = useDeed()
  const t = useT()
  useEffect(() => model.deeds.look('invitations'), [model])
  const make = (): void => void deed(model.deeds.invite({ expiresIn: life === 'forever' ? undefined : Number(life) }))
  return (
    <div className="grid gap-4 p-4">
      <ChoiceGroup
        label={t('invitation.life')}
        value={life}
        choices={lives.map((value) => ({
          value,
          label: value === 'forever' ? t('invitation.forever') : span(t.lang, Number(value)),
        }))}
        onChange={setLife}
      />
      <Button kind="primary" icon={<Link2 aria-hidden />} onClick={make}>
        {t('invitation.make')}
      </Button>
      {invitations === undefined && <ListSkeleton />}
      {invitations?.length === 0 && (
        <StateView icon={<Link2 />} title={t('invitation.none')}>
          {t('invitation.noneHint')}
        </StateView>
      )}
      <ul className="grid gap-2">
        {invitations?.map((invitation) => (
          <Row
            key={invitation.id}
            invitation={invitation}
            model={model}
            room={room}
            show={() => setShown(invitation)}
          />
        ))}
      </ul>
      {shown !== undefined && (
        <Dialog title={t('invitation.qr', { name: room.name })} text={shown.url} onClose={() => setShown(undefined)}>
          <QrImage text={shown.url} />
        </Dialog>
      )}
    </div>
  )
}

interface RowProps extends Pick<PageProps, 'model' | 'room'> {
  readonly invitation: Invitation
  readonly show: () => void
}

function Row({ invitation, model, room, show }: RowProps) {
  const { byId } = useSource(useModel().people)
  const me = useMe()
  const deed = useDeed()
  const t = useT()
  const { id, url, by, expires, uses, limit } = invitation
  const mayRevoke = by === me.id || rightsIn(room).revoke
  const copy = async (): Promise<void> => say((await copyText(url)) ? t('copied') : t('notCopied'))
  return (
    <li className="rounded-large border border-line p-3">
      <bdi className="block truncate font-mono text-small">{url.replace(/^https?:\/\//, '')}</bdi>
      <p className="mt-1 text-small text-soft">
        {t('invitation.by', { name: byId.get(by)?.name ?? t('people.somebody') })} ·{' '}
        {limit === undefined ? t('invitation.uses', { count: uses }) : t('invitation.usesOf', { uses, limit })} ·{' '}
        {expires === undefined ? t('invitation.noEnd') : t('invitation.until', { date: date(t.lang, expires) })}
      </p>
      <div className="-mx-2 -mb-2 flex">
        <IconButton small label={t('invitation.copy')} onClick={() => void copy()}>
          <Copy aria-hidden />
        </IconButton>
        <IconButton small label={t('invitation.showQr')} onClick={show}>
          <QrCode aria-hidden />
        </IconButton>
        {mayRevoke && (
          <IconButton
            small
            tone="danger"
            label={t('invitation.revoke')}
            onClick={() => void deed(model.deeds.revoke(id))}
          >
            <Trash2 aria-hidden />
          </IconButton>
        )}
      </div>
    </li>
  )
}
