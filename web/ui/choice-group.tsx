import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useId } from 'react'

interface Props<T extends string> {
  readonly label: string
  readonly value: T
  readonly choices: readonly { readonly value: T; readonly label: string; readonly hint?: string }[]
  readonly onChange: (value: T) => void
}

/** One of a few. */
export function ChoiceGroup<T extends string>({ label, value, choices, onChange }: Props<T>) {
  const id = useId()
  return (
    <div className="grid gap-1 py-2">
      <span id={id} className="text-small font-semibold text-soft">
        {label}
      </span>
      <RadioGroup aria-labelledby={id} value={value} onValueChange={(next) => onChange(next)} className="grid">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="flex min-h-11 cursor-pointer items-center gap-3 rounded-medium py-1.5 hover:bg-wash -mx-2 px-2"
          >
            <Radio.Root
              value={choice.value}
              className="grid size-5 flex-none place-content-center rounded-full border-2 border-edge data-checked:border-pine-ink"
            >
              <Radio.Indicator className="size-2.5 rounded-full bg-pine-ink" />
            </Radio.Root>
            <span>
              <span className="block">{choice.label}</span>
              {choice.hint !== undefined && <span className="block text-small text-soft">{choice.hint}</span>}
            </span>
          </label>
        ))}
      </RadioGroup>
    </div>
  )
}
