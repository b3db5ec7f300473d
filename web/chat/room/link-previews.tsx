import { thumbnailAddress } from '../../lib/file-address.ts'
import type { LinkPreview } from '../../lib/views.ts'
import { safeAddress } from '../markdown/safe-address.ts'

/** What the links of a message lead to, as the server found it. */
export function LinkPreviews({ previews }: { previews: readonly LinkPreview[] }) {
  return previews.map((preview) => <Preview key={preview.url} preview={preview} />)
}

function Preview({ preview: { url, host, title, description, image } }: { preview: LinkPreview }) {
  const address = safeAddress(url)
  if (address === undefined) return null
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
      className="my-1.5 flex max-w-112 gap-3 overflow-hidden rounded-medium border-s-3 border-pine-ink/70 bg-ink/5 p-2 hover:bg-ink/10"
    >
      <span className="min-w-0 flex-1 text-small">
        <span className="block truncate text-tiny font-semibold text-pine-ink">{host}</span>
        <bdi className="line-clamp-2 font-semibold">{title}</bdi>
        {description !== undefined && <bdi className="line-clamp-2 text-soft">{description}</bdi>}
      </span>
      {image !== undefined && (
        <img
          src={thumbnailAddress(image.id)}
          alt=""
          loading="lazy"
          width={64}
          height={64}
          className="size-16 flex-none rounded-small bg-wash object-cover"
        />
      )}
    </a>
  )
}
