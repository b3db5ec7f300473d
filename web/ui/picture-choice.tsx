import { useRef } from 'react'
import { Button } from './button.tsx'

interface Props {
  readonly label: string
  /** What takes it away. */
  readonly remove: string
  /** There is one. */
  readonly has: boolean
  readonly onChange: (picture: Blob | undefined) => void
}

/** A picture from the device, or none. The same one can be chosen again: it may have failed. */
export function PictureChoice({ label, remove, has, onChange }: Props) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => picker.current?.click()}>{label}</Button>
      {has && (
        <Button kind="quiet" onClick={() => onChange(undefined)}>
          {remove}
        </Button>
      )}
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        aria-label={label}
        onChange={({ target }) => {
          const [picture] = target.files ?? []
          target.value = ''
          if (picture !== undefined) onChange(picture)
        }}
      />
    </div>
  )
}
