import { useState, type SyntheticEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { useModel, useRouter } from '../context.ts'
import { Pane } from '../pane.tsx'
import { problemText, useForm } from '../use-deed.ts'

export function NewRoom() {
  const { deeds } = useModel()
  const router = useRouter()
  const t = useT()
  const { busy, problem, submit } = useForm()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [kind, setKind] = useState<'public' | 'group'>('group')
  const create = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    await submit(async () => {
      const outcome = await deeds.create({ kind, name, description })
      if (outcome.ok) router.go({ view: 'room', at: { room: outcome.value.room } }, { replace: true })
      return outcome
    })
  }
  return (
    <Pane title={t('newRoom.title')} parent={{ view: 'rooms' }}>
      <form className="mx-auto grid max-w-112 gap-4 p-5" onSubmit={(event) => void create(event)}>
        <Field
          label={t('newRoom.name')}
          value={name}
          maxLength={100}
          required
          problem={problem && problemText(t, problem)}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label={t('newRoom.description')}
          value={description}
          maxLength={1000}
          onChange={(event) => setDescription(event.target.value)}
        />
        <ChoiceGroup
          label={t('newRoom.who')}
          value={kind}
          choices={[
            { value: 'group', label: t('newRoom.group'), hint: t('newRoom.groupHint') },
            { value: 'public', label: t('newRoom.public'), hint: t('newRoom.publicHint') },
          ]}
          onChange={setKind}
        />
        <Button kind="primary" type="submit" busy={busy} disabled={name.trim() === ''}>
          {t('newRoom.create')}
        </Button>
      </form>
    </Pane>
  )
}
