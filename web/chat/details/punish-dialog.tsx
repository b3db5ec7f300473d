import { useState } from 'react'
import { span } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Person } from '../../lib/views.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { useDeed } from '../use-deed.ts'

export type Punishment = 'kick' | 'ban' | 'mute'

interface Props {
  readonly kind: Punishment
  readonly person: Person
  readonly model: RoomModel
  /** It is done. */
  readonly onDone?: () => void
  readonly onClose: () => void
}

const hour = 3_600_000
const times = ['600000', String(hour), String(24 * hour), String(7 * 24 * hour), 'forever'] as const

/** For how long, and why: the member is told both. */
export function PunishDialog({ kind, person, model, onDone, onClose }: Props) {
  const [time, setTime] = useState<string>(times[1])
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const deed = useDeed()
  const t = useT()
  const run = async (): Promise<void> => {
    setBusy(true)
    const sentence = { for: time === 'forever' ? undefined : Number(time), reason: reason.trim() || undefined }
    const { deeds } = model
    if (await deed(kind === 'kick' ? deeds.kick(person.id, sentence.reason) : deeds[kind](person.id, sentence)))
      onDone?.()
    onClose()
  }
  return (
    <Dialog
      urgent
      title={t(`punish.${kind}`, { name: person.name })}
      text={t(`punish.${kind}Text`)}
      onClose={onClose}
      buttons={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind="danger" busy={busy} onClick={() => void run()}>
            {t(`members.${kind}`)}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        {kind !== 'kick' && (
          <ChoiceGroup
            label={t('punish.time')}
            value={time}
            choices={times.map((value) => ({
              value,
              label: value === 'forever' ? t('punish.forever') : span(t.lang, Number(value)),
            }))}
            onChange={setTime}
          />
        )}
        <Field
          label={t('punish.reason')}
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </Dialog>
  )
}
