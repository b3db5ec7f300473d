import { useState, type SyntheticEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { useModel } from '../context.ts'
import { problemText, useForm } from '../use-deed.ts'
import { useArrival } from './use-arrival.ts'

export function LogInForm() {
  const { deeds } = useModel()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const { busy, problem, submit } = useForm()
  const arrival = useArrival()
  const t = useT()
  const logIn = (event: SyntheticEvent): void => {
    event.preventDefault()
    void submit(() => arrival(() => deeds.logIn(name, password)))
  }
  return (
    <form className="grid gap-4" onSubmit={logIn}>
      <Field
        label={t('welcome.name')}
        name="username"
        autoComplete="username"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={t('welcome.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        problem={problem && problemText(t, problem)}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button kind="primary" type="submit" busy={busy} disabled={name.trim() === '' || password === ''}>
        {t('welcome.logIn')}
      </Button>
    </form>
  )
}
