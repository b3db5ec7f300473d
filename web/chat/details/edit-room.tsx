import { useState, type SyntheticEvent } from 'react'
import { span } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { rightsIn } from '../../lib/rights.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { PictureChoice } from '../../ui/picture-choice.tsx'
import { say } from '../../ui/toast.ts'
import { problemText, useDeed, useForm } from '../use-deed.ts'
import type { PageProps } from './details-view.tsx'

const slowTimes = [0, 5, 30, 60, 300] as const
const day = 86_400_000
const kept = [null, 7 * day, 30 * day, 365 * day] as const

export function EditRoom({ model, room }: PageProps) {
  const { busy, problem, submit } = useForm()
  const [name, setName] = useState(room.name)
  const [description, setDescription] = useState(room.description)
  const [asked, setAsked] = useState(false)
  const deed = useDeed()
  const t = useT()
  const save = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    if (await submit(() => model.deeds.change({ name, description }))) say(t('saved'))
  }
  return (
    <div className="grid gap-6 p-4">
      <div className="flex items-center gap-4">
        <Avatar id={room.id} name={room.name} picture={room.avatar} size="huge" square />
        <PictureChoice
          label={t('profile.picture')}
          remove={t('profile.noPicture')}
          has={room.avatar !== undefined}
          onChange={(picture) => void deed(model.deeds.setPicture(picture))}
        />
      </div>
      <form className="grid gap-4" onSubmit={(event) => void save(event)}>
        <Field
          label={t('newRoom.name')}
          value={name}
          maxLength={100}
          problem={problem && problemText(t, problem)}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label={t('newRoom.description')}
          value={description}
          maxLength={1000}
          onChange={(event) => setDescription(event.target.value)}
        />
        <Button
          type="submit"
          kind="primary"
          busy={busy}
          disabled={name.trim() === '' || (name === room.name && description === room.description)}
        >
          {t('save')}
        </Button>
      </form>
      <SwitchRow
        label={t('edit.readOnly')}
        hint={t('edit.readOnlyHint')}
        checked={room.readOnly}
        onChange={(readOnly) => void deed(model.deeds.change({ readOnly }))}
      />
      <ChoiceGroup
        label={t('edit.slow')}
        value={String(room.slow)}
        choices={slowTimes.map((seconds) => ({
          value: String(seconds),
          label: seconds === 0 ? t('edit.notSlow') : span(t.lang, seconds * 1000),
        }))}
        onChange={(value) => void deed(model.deeds.change({ slow: Number(value) }))}
      />
      <ChoiceGroup
        label={t('edit.retention')}
        value={String(room.retention)}
        choices={kept.map((time) => ({
          value: String(time),
          label: time === null ? t('edit.forever') : span(t.lang, time),
        }))}
        onChange={(value) => void deed(model.deeds.change({ retention: value === 'null' ? null : Number(value) }))}
      />
      {rightsIn(room).archive && (
        <Button onClick={() => (room.archived ? void deed(model.deeds.archive(false)) : setAsked(true))}>
          {room.archived ? t('edit.restore') : t('edit.archive')}
        </Button>
      )}
      {asked && (
        <Confirm
          title={t('edit.archiveTitle', { name: room.name })}
          text={t('edit.archiveText')}
          action={t('edit.archive')}
          run={() => deed(model.deeds.archive(true))}
          onClose={() => setAsked(false)}
        />
      )}
    </div>
  )
}
