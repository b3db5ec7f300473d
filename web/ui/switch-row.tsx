import { Switch } from '@base-ui/react/switch'
import { useId } from 'react'

interface Props {
  readonly label: string
  readonly hint?: string
  readonly checked: boolean
  readonly disabled?: boolean
  readonly onChange: (checked: boolean) => void
}

/** A thing that is on or off, at once when it is pressed. */
export function SwitchRow({ label, hint, checked, disabled = false, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex min-h-12 items-center gap-4 py-2">
      <div className="flex-1">
        <span id={id} className="block">
          {label}
        </span>
        {hint !== undefined && (
          <span id={`${id}-hint`} className="block text-small text-soft text-pretty">
            {hint}
          </span>
        )}
      </div>
      <Switch.Root
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        className="h-7 w-12 flex-none cursor-pointer rounded-full bg-edge p-0.5 transition-colors data-checked:bg-pine data-disabled:opacity-50"
      >
        <Switch.Thumb className="block size-6 rounded-full bg-white shadow-low transition-transform data-checked:translate-x-5" />
      </Switch.Root>
    </div>
  )
}
