import { useState, type SyntheticEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { useModel } from '../context.ts'
import { problemText, useForm } from '../use-deed.ts'
import { useArrival } from './use-arrival.ts'

export function NameForm() {
  const { deeds } = useModel()
  const [name, setName] = useState('')
  const { busy, problem, submit } = useForm()
  const arrival = useArrival()
  const t = useT()
  const enter = (event: SyntheticEvent): void => {
    event.preventDefault()
    void submit(() => arrival(() => deeds.enter(name)))
  }
  return (
    <form className="grid gap-4" onSubmit={enter}>
      <Field
        label={t('welcome.name')}
        name="nickname"
        autoComplete="nickname"
        value={name}
        maxLength={64}
        hint={t('welcome.nameHint')}
        problem={problem && problemText(t, problem)}
        onChange={(event) => setName(event.target.value)}
      />
      {problem?.suggestion !== undefined && (
        <Button onClick={() => setName(problem.suggestion ?? '')}>
          {t('welcome.take', { name: problem.suggestion })}
        </Button>
      )}
      <Button kind="primary" type="submit" busy={busy} disabled={name.trim() === ''}>
        {t('welcome.enter')}
      </Button>
    </form>
  )
}
